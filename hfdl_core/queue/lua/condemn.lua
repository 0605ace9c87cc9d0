-- JOB: a gathered file that proved wrong again and again is given up: all that is open of it has failed.
-- KEYS    1 meta  2 pend  3 delay  4 lease  5 live  6 tok  7 eta  8 open  9 over  10 overq  11 gen  12 att  13 crash  14 best  15 failed  16 note  17 ffail  18 cnt  19 ev  20 sizes
-- ARGV    1 epoch  2 file index  3 generation  4 file size  5 error  6 cause
-- RETURNS {seq, how many tasks have failed}
-- INCLUDE numbers opening work batches records leases counters budgets places events ending finding dropping
local job = {
  meta = KEYS[1], pend = KEYS[2], delay = KEYS[3], lease = KEYS[4], live = KEYS[5], tok = KEYS[6],
  eta = KEYS[7], open = KEYS[8], over = KEYS[9], overq = KEYS[10], gen = KEYS[11], att = KEYS[12],
  crash = KEYS[13], best = KEYS[14], failed = KEYS[15], note = KEYS[16], ffail = KEYS[17],
  cnt = KEYS[18], ev = KEYS[19], sizes = KEYS[20],
}
local epoch, file, asked, size = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local text, cause = ARGV[5], ARGV[6]

local head, failures = open_job(job, epoch), 0
local present = tonumber(redis.call('HGET', job.gen, integer(file)) or 0)
if present ~= asked or not head.gathers then return {head.seq, 0} end
local ids, is_news = ids_of(job, head, file, asked, size), false
for _, id in ipairs(ids) do
  is_news = is_news or not redis.call('ZSCORE', job.failed, id)
end
if not is_news then return {head.seq, #ids} end
local spans = {}
for _, id in ipairs(ids) do
  local b, e = drop(job, head, id)
  if b < e then spans[#spans + 1] = {b, e} end
end
for _, span in ipairs(merged(spans)) do
  local why = {error = text, cause = cause, worker = '', attempt = 1}
  to_failed(job, head, range_id(file, asked, span[1], span[2]), -size, why)
  failures = failures + 1
end
tell(job, 'task_failed', text, '', file)
settle(job, head)
return {head.seq, failures}
