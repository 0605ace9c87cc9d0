-- JOB: one collector at a time may finish files; another takes over when its claim has run out.
-- KEYS    1 meta  2 lease
-- ARGV    1 epoch  2 token  3 length of the claim in ms  4 where it is, as json  5 secret for a job without one  6 generation that it had before, or 0
-- RETURNS {seq, 1 when this token is the collector's, its generation, the job's secret}
-- INCLUDE numbers opening
local job = {meta = KEYS[1], lease = KEYS[2]}
local epoch, token, length_ms, address = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local new_secret, had = ARGV[5], tonumber(ARGV[6])

local head = open_job(job, epoch)
local present = redis.call('HMGET', job.meta, 'collector', 'collector_until', 'collector_generation')
local generation = tonumber(present[3] or 0)
if present[1] and present[1] ~= token and tonumber(present[2]) > head.now then
  return {head.seq, 0, generation, ''}
end
-- Blocks name the generation, so that whoever was collector before refuses what is not its own.
-- A record that was made anew, or lost its tail, goes on with what its collector knows.
if present[1] ~= token then generation = math.max(generation + 1, had) end
redis.call('HSETNX', job.meta, 'collector_secret', new_secret)
redis.call('HSET', job.meta, 'collector', token, 'collector_until', integer(head.now + length_ms),
  'collector_generation', integer(generation), 'collector_at', address)
return {head.seq, 1, generation, redis.call('HGET', job.meta, 'collector_secret')}
