-- JOB: the collector says that a gathered file's digest matches; only then the file is completed.
-- KEYS    1 meta  2 frem  3 gen  4 done  5 cnt  6 pend  7 delay  8 lease  9 ffail  10 ev
-- ARGV    1 epoch  2 file index  3 generation  4 collector's token
-- RETURNS {seq, counted, already or lost}; lost: another collector, another generation, or bytes are missing
-- INCLUDE numbers opening events ending
local job = {
  meta = KEYS[1], frem = KEYS[2], gen = KEYS[3], done = KEYS[4], cnt = KEYS[5], pend = KEYS[6],
  delay = KEYS[7], lease = KEYS[8], ffail = KEYS[9], ev = KEYS[10],
}
local epoch, index, generation, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local head = open_job(job, epoch)
local collector = redis.call('HGET', job.meta, 'collector')
if (collector and collector ~= token) or (redis.call('HGET', job.gen, index) or '0') ~= generation then
  return {head.seq, 'lost'}
end
if redis.call('GETBIT', job.done, index) == 1 then return {head.seq, 'already'} end
if redis.call('HGET', job.frem, index) ~= '0' then return {head.seq, 'lost'} end

redis.call('SETBIT', job.done, index, 1)
redis.call('HDEL', job.frem, index)
redis.call('HINCRBY', job.cnt, 'files_completed', 1)
settle(job, head)
return {head.seq, 'counted'}
