-- The record of a lease: t token, w worker, b begin, p position, f fetched but perhaps not durable,
-- e end (may shrink), s score,
-- l last report in ms, v bytes per second (negative until it has reported), a attempt.
local UNMEASURED, FIRST_GUESS_BYTES_PER_SECOND, STALLED_MS = -1, 1000000, 10000000000

-- The record, only for the token that holds it.
local function held(job, id, token)
  local packed = redis.call('HGET', job.live, id)
  local lease = packed and cmsgpack.unpack(packed)
  return lease and lease.t == token and lease or nil
end

-- A position never goes back and never passes the lease's present end.
local function forward(lease, position)
  return math.max(lease.p, math.min(position, lease.e))
end

-- Bytes behind a position, for the figure of work in hand.
local function bytes_behind(job, work, lease, position)
  if work.kind ~= 'b' then return position - lease.b end
  if position == 0 then return 0 end
  return bytes_of(sizes_of(job, work.page), work.first, position)
end

local function expected_end(lease)
  local speed = lease.v < 0 and FIRST_GUESS_BYTES_PER_SECOND or lease.v
  if speed < 1 then return integer(lease.l + STALLED_MS) end
  return integer(lease.l + (lease.e - lease.p) / speed * 1000)
end
