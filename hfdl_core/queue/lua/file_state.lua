-- JOB: what of a gathered file is still open, for the collector to compare with its disk.
-- KEYS    1 meta  2 pend  3 lease  4 live  5 open  6 gen  7 frem  8 done
-- ARGV    1 epoch  2 file index  3 file size
-- RETURNS {seq, generation, 1 when completed, bytes missing or -1 when none was counted, begin and end of each open range...}
-- INCLUDE numbers opening work finding
local job = {
  meta = KEYS[1], pend = KEYS[2], lease = KEYS[3], live = KEYS[4], open = KEYS[5], gen = KEYS[6],
  frem = KEYS[7], done = KEYS[8],
}
local epoch, file, size = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local head, index = open_job(job, epoch), integer(file)
local generation = tonumber(redis.call('HGET', job.gen, index) or 0)
local answer = {
  head.seq, generation, redis.call('GETBIT', job.done, index),
  tonumber(redis.call('HGET', job.frem, index) or -1),
}
for _, id in ipairs(ids_of(job, head, file, generation, size)) do
  local work, packed = parse(id), redis.call('HGET', job.live, id)
  local b, e = work.b, work.e
  if packed then
    local lease = cmsgpack.unpack(packed)
    b, e = lease.p, lease.e
  end
  answer[#answer + 1], answer[#answer + 2] = b, e
end
return answer
