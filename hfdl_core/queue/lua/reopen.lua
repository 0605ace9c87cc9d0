-- COMPLETED -> PENDING: bytes that proved wrong go back to work, under the file's next generation.
-- KEYS    1 meta  2 sizes  3 pend  4 delay  5 lease  6 live  7 tok  8 eta  9 open  10 over  11 overq  12 done  13 gen  14 frem  15 att  16 crash  17 best  18 failed  19 note  20 ffail  21 via  22 cnt  23 ev
-- ARGV    1 epoch  2 file index  3 generation  4 file size  5 reason  6... begin and end of each range
-- RETURNS {seq, the file's generation now, 1 when reopened or 0 when it was before}; error PLAN for a generation that cannot be
-- INCLUDE numbers opening work batches records leases counters budgets pending places events ending finding dropping
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5], live = KEYS[6],
  tok = KEYS[7], eta = KEYS[8], open = KEYS[9], over = KEYS[10], overq = KEYS[11], done = KEYS[12],
  gen = KEYS[13], frem = KEYS[14], att = KEYS[15], crash = KEYS[16], best = KEYS[17],
  failed = KEYS[18], note = KEYS[19], ffail = KEYS[20], via = KEYS[21], cnt = KEYS[22], ev = KEYS[23],
}
local epoch, file, asked = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local size, reason, LAST_GENERATION = tonumber(ARGV[4]), ARGV[5], 255

local function reopen_ranges(job, head, file, generation, size, was_done, has_none_open, wanted)
  local index = integer(file)
  local before = was_done and '0' or redis.call('HGET', job.frem, index)
  -- Never counted and nothing open: it was part of a batch, which leaves it alone from now on.
  -- An empty file has nothing to fetch: it only waits for its digest.
  if has_none_open and not before and size > 0 then wanted = {{0, size}} end
  local missing = 0
  for _, span in ipairs(merged(wanted)) do
    missing = missing + span[2] - span[1]
    to_pending(job, range_id(file, generation, span[1], span[2]), -size)
  end
  redis.call('HSET', job.frem, index, integer(missing))
  count(job, 'bytes_completed', tonumber(before or size) - missing)
end

local head, index = open_job(job, epoch), integer(file)
local present = tonumber(redis.call('HGET', job.gen, index) or 0)
if asked < present then return {head.seq, present, 0} end
if asked > present or present >= LAST_GENERATION or not head.sealed then
  error({err = string.format('PLAN file %d cannot be reopened at generation %d', file, present)})
end
local wanted = {}
for slot = 6, #ARGV, 2 do
  local b, e = math.max(0, tonumber(ARGV[slot])), math.min(size, tonumber(ARGV[slot + 1]))
  if b < e then wanted[#wanted + 1] = {b, e} end
end

local was_done = redis.call('SETBIT', job.done, index, 0) == 1
if was_done then count(job, 'files_completed', -1) end
local old_ids = ids_of(job, head, file, present, size)
for _, id in ipairs(old_ids) do
  local b, e = drop(job, head, id)
  if b < e then wanted[#wanted + 1] = {b, e} end
end
redis.call('HDEL', job.ffail, index)
redis.call('HDEL', job.via, index)
redis.call('HSET', job.gen, index, integer(present + 1))

if not head.gathers then
  if was_done then count(job, 'bytes_completed', -size) end
  to_pending(job, whole_file_id(head, file, present + 1, size), -size)
else
  reopen_ranges(job, head, file, present + 1, size, was_done, #old_ids == 0, wanted)
end
run_again(job, head)
tell(job, 'reopened', reason, '', file)
return {head.seq, present + 1, 1}
