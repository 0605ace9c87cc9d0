-- How a lease begins and how it ends.
local REPLAY_MS, BUSY_REPLAY_MS, BUSY_ENTRIES = 600000, 60000, 20000

local function grant(job, head, id, lease)
  lease.p, lease.l, lease.v = lease.b, head.now, UNMEASURED
  redis.call('HSET', job.live, id, cmsgpack.pack(lease))
  redis.call('HSET', job.tok, lease.t, id)
  redis.call('ZADD', job.lease, integer(head.now + LEASE_MS), id)
  if id:sub(1, 1) == 'r' then
    redis.call('ZADD', job.eta, expected_end(lease), id)
    redis.call('ZADD', job.open, 0, id)
  end
end

-- What a claim or a steal answers for one lease.
local function as_answer(id, lease)
  return {lease.t, id, lease.b, lease.e, lease.a}
end

-- A repeated ending must get its first answer, not LOST: endings are remembered for ten minutes,
-- in a very busy job for one.
local function remember(job, head, token, how)
  redis.call('HSET', job.over, token, how)
  redis.call('ZADD', job.overq, integer(head.now), token)
  local kept_ms = redis.call('ZCARD', job.overq) > BUSY_ENTRIES and BUSY_REPLAY_MS or REPLAY_MS
  local old = redis.call('ZRANGE', job.overq, '-inf', integer(head.now - kept_ms), 'BYSCORE',
    'LIMIT', 0, 4)
  if #old > 0 then
    redis.call('HDEL', job.over, unpack(old))
    redis.call('ZREM', job.overq, unpack(old))
  end
end

-- The lease is over; where its work goes is the caller's to say.
local function leave(job, head, id, work, lease, how)
  redis.call('HDEL', job.live, id)
  redis.call('HDEL', job.tok, lease.t)
  redis.call('ZREM', job.lease, id)
  if work.kind == 'r' then
    redis.call('ZREM', job.eta, id)
    redis.call('ZREM', job.open, id)
  end
  local bytes = bytes_behind(job, work, lease, lease.p)
  if bytes > 0 then redis.call('HINCRBY', job.cnt, 'bytes_live', integer(-bytes)) end
  remember(job, head, lease.t, how)
end
