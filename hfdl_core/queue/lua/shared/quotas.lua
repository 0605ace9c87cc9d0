-- One bucket of the Hub's requests: fixed windows, known from what answers tell, shared by all holders.
-- The Hub tells whole seconds, rounded up or down: `ends` is the earliest time that any answer named, so
-- the window ends neither before it by more than a step, nor later than one step after it.
local STEP_MS = 1000

local function read_bucket(key)
  local packed = redis.call('HGET', key, 'state')
  return packed and cmsgpack.unpack(packed)
end

local function write_bucket(key, bucket, now)
  local KEPT_MS = 300000
  redis.call('HSET', key, 'state', cmsgpack.pack(bucket))
  redis.call('PEXPIRE', key, integer(math.max(bucket.ends - now, 0) + KEPT_MS))
end

local function begin_window(bucket, left, ends, now)
  bucket.left, bucket.ends, bucket.earned, bucket.at = left, ends, 0, now
end
