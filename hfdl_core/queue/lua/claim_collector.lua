-- JOB: one collector at a time may finish files; another takes over when its claim has run out.
-- KEYS    1 meta  2 lease
-- ARGV    1 epoch  2 token  3 length of the claim in ms
-- RETURNS {seq, 1 when this token is the collector's}
-- INCLUDE numbers opening
local job = {meta = KEYS[1], lease = KEYS[2]}
local epoch, token, length_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

local head = open_job(job, epoch)
local present = redis.call('HMGET', job.meta, 'collector', 'collector_until')
if present[1] and present[1] ~= token and tonumber(present[2]) > head.now then return {head.seq, 0} end
redis.call('HSET', job.meta, 'collector', token, 'collector_until', integer(head.now + length_ms))
return {head.seq, 1}
