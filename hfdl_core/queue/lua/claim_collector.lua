-- JOB: one collector at a time may finish files; another takes over when its claim has run out.
-- KEYS    1 meta  2 lease
-- ARGV    1 epoch  2 token  3 length of the claim in ms  4 where it is, as json  5 secret for a job without one
-- RETURNS {seq, 1 when this token is the collector's, its generation, the job's secret}
-- INCLUDE numbers opening
local job = {meta = KEYS[1], lease = KEYS[2]}
local epoch, token, length_ms, address, new_secret = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

local head = open_job(job, epoch)
local present = redis.call('HMGET', job.meta, 'collector', 'collector_until', 'collector_generation')
local generation = tonumber(present[3] or 0)
if present[1] and present[1] ~= token and tonumber(present[2]) > head.now then
  return {head.seq, 0, generation, ''}
end
-- Blocks name the generation, so that whoever was collector before refuses what is not its own.
if present[1] ~= token then generation = generation + 1 end
redis.call('HSETNX', job.meta, 'collector_secret', new_secret)
redis.call('HSET', job.meta, 'collector', token, 'collector_until', integer(head.now + length_ms),
  'collector_generation', integer(generation), 'collector_at', address)
return {head.seq, 1, generation, redis.call('HGET', job.meta, 'collector_secret')}
