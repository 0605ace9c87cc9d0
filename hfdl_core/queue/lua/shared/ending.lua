-- A job ends in the very script that takes its last task away.
local function settle(job, head)
  if not head.sealed or (head.state ~= 'running' and head.state ~= 'paused') then return end
  if redis.call('ZCARD', job.pend) > 0 or redis.call('ZCARD', job.delay) > 0
    or redis.call('ZCARD', job.lease) > 0 then
    return
  end
  local failures = redis.call('HLEN', job.ffail)
  local completed = tonumber(redis.call('HGET', job.cnt, 'files_completed') or 0)
  -- In gather files without open tasks may still wait for the collector to verify them.
  if completed + failures < head.files_total then return end
  head.state = failures == 0 and 'completed' or 'failed'
  redis.call('HSET', job.meta, 'state', head.state)
  local text = string.format('%d files completed, %d failed', completed, failures)
  tell(job, 'job_' .. head.state, text)
end

-- More work was found: a job that had ended goes on.
local function run_again(job, head)
  if head.state ~= 'completed' and head.state ~= 'failed' then return end
  head.state = 'running'
  redis.call('HSET', job.meta, 'state', head.state)
end
