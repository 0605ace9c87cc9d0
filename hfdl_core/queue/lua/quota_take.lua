-- FLEET: gives permits for requests to the Hub, so that what is left of the window lasts until its end.
-- KEYS    1 quota
-- ARGV    1 holder  2 permits it still holds  3 permits it wants
-- RETURNS {permits, ms to wait before asking for more, number of holders, 1 when answers have told of this window}
-- INCLUDE numbers quotas
local quota = KEYS[1]
local holder, held, wanted = 'h:' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local SILENT_MS, FIRST_PERMITS, FIRST_WAIT_MS, PACED_SHARE = 10000, 4, 250, 0.5

local now = server_ms()
local bucket = read_bucket(quota)
-- Nobody knows anything yet: a few requests, whose answers will tell.
if not bucket then return {math.min(wanted, FIRST_PERMITS), FIRST_WAIT_MS, 1, 0} end

if now > bucket.ends + STEP_MS then
  bucket.closed, bucket.assumed = bucket.ends + STEP_MS, true
  begin_window(bucket, bucket.most, now + bucket.length, now)
end

-- Permits of those that have not been heard of are void.
if now - bucket.swept > SILENT_MS then
  local fields, silent = redis.call('HGETALL', quota), {}
  bucket.out, bucket.holders, bucket.swept = 0, 0, now
  for slot = 1, #fields, 2 do
    if fields[slot] ~= 'state' then
      local permits, heard = unpack(cmsgpack.unpack(fields[slot + 1]))
      if now - heard > SILENT_MS then
        silent[#silent + 1] = fields[slot]
      else
        bucket.out, bucket.holders = bucket.out + permits, bucket.holders + 1
      end
    end
  end
  if #silent > 0 then redis.call('HDEL', quota, unpack(silent)) end
end

local before = redis.call('HGET', quota, holder)
if before then bucket.out = bucket.out - cmsgpack.unpack(before)[1] else bucket.holders = bucket.holders + 1 end
bucket.out = bucket.out + held

-- A batch is a hundredth of the window, at most a second. The last ones come early enough to be used.
local batch = math.min(math.max(bucket.length / 100, 100), 1000)
local tail = math.min(bucket.length / 20, 3000)
-- For masters and people: 1 % and at least 5, but never so much that a small quota is not used.
local reserve = math.min(math.max(math.ceil(bucket.most / 100), 5), math.floor(bucket.most / 20))
local spare = math.max(bucket.left - bucket.out - reserve, 0)
local pace = spare / math.max(bucket.ends - tail - now, batch)
bucket.earned = math.min(bucket.earned + pace * (now - bucket.at), math.max(2 * batch * pace, 1))
bucket.at = now

-- A window is fixed: what is taken early is not lost later. While most of it is left nobody waits,
-- so that a small job never feels the pace.
local free = bucket.assumed and 0
  or math.floor(math.min(math.max(spare - bucket.most * PACED_SHARE, 0), wanted))
local share = pace * batch / bucket.holders
local paced = math.floor(math.min(bucket.earned, spare - free, math.max(wanted - free, share)))
local granted = free + paced
bucket.earned = bucket.earned - paced
bucket.out = bucket.out + granted
redis.call('HSET', quota, holder, cmsgpack.pack({held + granted, now}))
write_bucket(quota, bucket, now)

-- Until one permit per holder has been earned; when nothing is left, others may give some back.
local wait = spare >= 1 and math.min(math.max(bucket.holders / pace, batch), 5 * batch) or 5 * batch
if granted >= wanted then wait = 0 end
return {granted, math.ceil(wait), bucket.holders, bucket.assumed and 0 or 1}
