-- JOB: ends a job before it is done; what is counted stays counted.
-- KEYS    1 meta  2 lease  3 ev
-- ARGV    1 epoch
-- RETURNS {seq, state, 1 when the job is cancelled now}
-- INCLUDE numbers opening events
local job = {meta = KEYS[1], lease = KEYS[2], ev = KEYS[3]}
local epoch = ARGV[1]

local head = open_job(job, epoch)
if head.state == 'planning' or head.state == 'running' or head.state == 'paused' then
  head.state = 'cancelled'
  redis.call('HSET', job.meta, 'state', head.state)
  tell(job, 'job_cancelled', 'cancelled')
end
return {head.seq, head.state, head.state == 'cancelled' and 1 or 0}
