-- FLEET: notes what an answer of the Hub told of a bucket of its requests; in one window the lowest rest is the truth.
-- KEYS    1 quota
-- ARGV    1 requests left  2 ms until the window ends  3 requests per window, or zero  4 ms per window, or zero
-- RETURNS 1 when it began a window, 0 when it told of a known one, -1 when of one that is over
-- INCLUDE numbers quotas
local quota = KEYS[1]
local left, reset, most, length = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local USUAL_MS = 300000

local now = server_ms()
local ends = now + reset
local bucket = read_bucket(quota)
if bucket and ends <= bucket.closed then return -1 end

local is_new = not bucket
bucket = bucket or {out = 0, holders = 0, swept = now, closed = 0, ends = 0, length = USUAL_MS, most = left}
if length > 0 then bucket.length = length end
if most > 0 then bucket.most = most end
-- The end of one window is told within a step or so; what is far from it belongs to another window.
local far = math.max(1.5 * STEP_MS, bucket.length / 2)
if not is_new and not bucket.assumed and ends < bucket.ends - far then return -1 end
if is_new or bucket.assumed or ends > bucket.ends + far then
  if not is_new and not bucket.assumed then bucket.closed = bucket.ends + STEP_MS end
  bucket.assumed = false
  begin_window(bucket, left, ends, now)
  is_new = true
else
  bucket.left, bucket.ends = math.min(bucket.left, left), math.min(bucket.ends, ends)
end
write_bucket(quota, bucket, now)
return is_new and 1 or 0
