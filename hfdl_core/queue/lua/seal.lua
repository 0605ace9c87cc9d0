-- JOB: ends planning; the tasks may be claimed from now on. An empty repo is complete at once.
-- KEYS    1 meta  2 plan  3 cnt  4 pend  5 delay  6 lease  7 ffail  8 ev
-- ARGV    1 epoch  2 plan id  3 files  4 bytes  5 pages
-- RETURNS {seq, state}; error PLAN when pages or files are missing, STATE when not planned
-- INCLUDE numbers opening events ending
local job = {
  meta = KEYS[1], plan = KEYS[2], cnt = KEYS[3], pend = KEYS[4], delay = KEYS[5], lease = KEYS[6],
  ffail = KEYS[7], ev = KEYS[8],
}
local epoch, plan_id, files, bytes, pages = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local head = open_job(job, epoch)
if redis.call('HGET', job.meta, 'plan_id') ~= plan_id then
  error({err = 'PLAN the job is being planned from another listing'})
end
if head.sealed then return {head.seq, head.state} end
if head.state ~= 'planning' then error({err = 'STATE the job is ' .. head.state}) end
local published = redis.call('HMGET', job.cnt, 'files_published', 'bytes_published')
if redis.call('HLEN', job.plan) ~= tonumber(pages) or (published[1] or '0') ~= files
  or (published[2] or '0') ~= bytes then
  error({err = string.format('PLAN %s files on %d pages are published, not %s on %s',
    published[1] or '0', redis.call('HLEN', job.plan), files, pages)})
end

head.sealed, head.state, head.files_total = true, 'running', tonumber(files)
redis.call('HSET', job.meta, 'sealed', '1', 'state', 'running', 'files_total', files, 'bytes_total', bytes)
tell(job, 'job_sealed', files .. ' files, ' .. bytes .. ' bytes')
settle(job, head)
return {head.seq, head.state}
