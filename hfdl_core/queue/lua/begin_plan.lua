-- JOB: makes the record of a job to be planned, or finds the one an earlier run has begun.
-- KEYS    1 meta  2 plan  3 sizes  4 pend  5 delay  6 lease  7 live  8 tok  9 eta  10 open  11 over  12 overq  13 done  14 gen  15 frem  16 att  17 crash  18 best  19 failed  20 note  21 ffail  22 via  23 cnt  24 ev
-- ARGV    1 epoch of a new record  2 plan id  3 spec as json  4 page size  5 delivery  6 most attempts  7 protocol
-- RETURNS {seq, epoch, sealed 0 or 1, pages published, state}; error PLAN when sealed with another plan
-- INCLUDE numbers events
local job = {meta = KEYS[1], plan = KEYS[2], ev = KEYS[24]}
local epoch, plan_id, spec, page_size = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local delivery, max_attempts, protocol = ARGV[5], ARGV[6], ARGV[7]

local old = redis.call('HMGET', job.meta, 'plan_id', 'sealed')
if old[2] == '1' and old[1] ~= plan_id then
  error({err = 'PLAN the job was planned from other parameters or another listing'})
end

local now = integer(server_ms())
if old[1] ~= plan_id then
  -- Pages of two plans are never mixed: what an unsealed plan left is dropped.
  redis.call('UNLINK', unpack(KEYS))
  redis.call('HSET', job.meta, 'epoch', epoch, 'plan_id', plan_id, 'spec', spec, 'delivery', delivery,
    'page_size', page_size, 'max_attempts', max_attempts, 'protocol', protocol,
    'sealed', '0', 'state', 'planning', 'created', now, 'beat', now)
  tell(job, 'job_created', 'planning')
elseif old[2] == '0' then
  redis.call('HSET', job.meta, 'state', 'planning')
end

-- The beat of a record that was there stays: it tells the next move of an outage.
local seq = redis.call('HINCRBY', job.meta, 'seq', 1)
local head = redis.call('HMGET', job.meta, 'epoch', 'sealed', 'state')
return {seq, head[1], tonumber(head[2]), redis.call('HLEN', job.plan), head[3]}
