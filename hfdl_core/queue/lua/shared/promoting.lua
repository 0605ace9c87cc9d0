-- Retries whose wait is over are pending again.
local function promote(job, head, limit)
  -- Due later than any backoff is long: set by a clock that has stepped back since.
  local latest = integer(head.now + LONGEST_DELAY_MS)
  local beyond = redis.call('ZRANGE', job.delay, '(' .. latest, '+inf', 'BYSCORE', 'LIMIT', 0, 100)
  for _, id in ipairs(beyond) do redis.call('ZADD', job.delay, latest, id) end

  local due = redis.call('ZRANGE', job.delay, '-inf', integer(head.now), 'BYSCORE', 'LIMIT', 0, limit)
  for _, id in ipairs(due) do
    redis.call('ZREM', job.delay, id)
    to_pending(job, id, take_note(job, id).score)
  end
end
