-- JOB: stores one page of the plan with its tasks; a page that is there already stays as it is.
-- KEYS    1 meta  2 plan  3 sizes  4 pend  5 cnt  6 lease
-- ARGV    1 epoch  2 page  3 packed files  4 packed sizes, empty without batches  5 files  6 bytes  7... score and id of each task
-- RETURNS {seq, 1 when stored or 0 when it was there}; error STATE when the job is no longer planned
-- INCLUDE numbers opening
local job = {
  meta = KEYS[1], plan = KEYS[2], sizes = KEYS[3], pend = KEYS[4], cnt = KEYS[5], lease = KEYS[6],
}
local epoch, page, files, sizes = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local files_added, bytes_added = ARGV[5], ARGV[6]

local head = open_job(job, epoch)
if redis.call('HEXISTS', job.plan, page) == 1 then return {head.seq, 0} end
if head.state ~= 'planning' then error({err = 'STATE the job is ' .. head.state}) end

redis.call('HSET', job.plan, page, files)
if sizes ~= '' then redis.call('HSET', job.sizes, page, sizes) end
for first = 7, #ARGV, 500 do
  redis.call('ZADD', job.pend, unpack(ARGV, first, math.min(first + 499, #ARGV)))
end
redis.call('HINCRBY', job.cnt, 'files_published', files_added)
redis.call('HINCRBY', job.cnt, 'bytes_published', bytes_added)
return {head.seq, 1}
