-- JOB: a paused or cancelled job goes on with what is left of it.
-- KEYS    1 meta  2 pend  3 delay  4 lease  5 ffail  6 cnt  7 ev
-- ARGV    1 epoch
-- RETURNS {seq, state, 1 when the job goes on}
-- INCLUDE numbers opening events ending
local job = {
  meta = KEYS[1], pend = KEYS[2], delay = KEYS[3], lease = KEYS[4], ffail = KEYS[5], cnt = KEYS[6],
  ev = KEYS[7],
}
local epoch = ARGV[1]

local head = open_job(job, epoch)
if head.state == 'completed' or head.state == 'failed' then return {head.seq, head.state, 0} end
if head.state == 'paused' or head.state == 'cancelled' then
  head.state = head.sealed and 'running' or 'planning'
  redis.call('HSET', job.meta, 'state', head.state)
  tell(job, 'job_resumed', 'goes on')
  settle(job, head)
end
return {head.seq, head.state, 1}
