-- JOB: no more claims; workers hear of it in their next report and give their leases back.
-- KEYS    1 meta  2 lease  3 ev
-- ARGV    1 epoch
-- RETURNS {seq, state, 1 when the job is paused now}
-- INCLUDE numbers opening events
local job = {meta = KEYS[1], lease = KEYS[2], ev = KEYS[3]}
local epoch = ARGV[1]

local head = open_job(job, epoch)
if head.state == 'running' then
  head.state = 'paused'
  redis.call('HSET', job.meta, 'state', head.state)
  tell(job, 'job_paused', 'paused')
end
return {head.seq, head.state, head.state == 'paused' and 1 or 0}
