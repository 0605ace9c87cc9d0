-- IN_PROGRESS -> IN_PROGRESS: gives an idle worker the second half of the range that will end last, or what a silent or crawling worker has left.
-- KEYS    1 meta  2 sizes  3 pend  4 lease  5 live  6 tok  7 eta  8 open  9 over  10 overq  11 att  12 crash  13 best  14 cnt  15 ev
-- ARGV    1 epoch  2 worker  3 token  4 least bytes on either side  5 ms without a report that mean silence
-- RETURNS {seq, state, lease as {token, id, begin, end, attempt} when there was one}
-- INCLUDE numbers opening work batches records leases counters budgets events
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], lease = KEYS[4], live = KEYS[5], tok = KEYS[6],
  eta = KEYS[7], open = KEYS[8], over = KEYS[9], overq = KEYS[10], att = KEYS[11],
  crash = KEYS[12], best = KEYS[13], cnt = KEYS[14], ev = KEYS[15],
}
local epoch, worker, token = ARGV[1], ARGV[2], ARGV[3]
local least, silent_ms, CANDIDATES = tonumber(ARGV[4]), tonumber(ARGV[5]), 8
local ALIGNMENT, SHARE_SECONDS, CRAWL_SECONDS = 4096, 0.5, 5

local head = open_job(job, epoch)
local known = redis.call('HGET', job.tok, token)
if known then return {head.seq, head.state, as_answer(known, held(job, known, token))} end
if head.state ~= 'running' or redis.call('ZCARD', job.pend) > 0
  or redis.call('HEXISTS', job.over, token) == 1 then
  return {head.seq, head.state}
end

local function record(id) return cmsgpack.unpack(redis.call('HGET', job.live, id)) end
-- What silences one worker after the other without progress is left to run out, and so to fail.
local function is_deadly(id, victim)
  local crashes = tonumber(redis.call('HGET', job.crash, parse(id).budget) or 0)
  return victim.p == victim.b and crashes >= CRASH_BUDGET - 1
end
-- A lease's deadline tells its last report, and outages are forgiven in it.
local function from_the_silent()
  local latest = integer(head.now - silent_ms + LEASE_MS)
  local silent = redis.call('ZRANGE', job.lease, '-inf', latest, 'BYSCORE', 'LIMIT', 0, CANDIDATES)
  for _, id in ipairs(silent) do
    local victim = record(id)
    if id:sub(1, 1) == 'r' and victim.p < victim.e and not is_deadly(id, victim) then
      return id, victim, victim.p
    end
  end
end
-- Too little to share, and too long for its holder: all of it changes hands.
local function crawls(id, victim, there)
  return victim.w ~= worker and victim.v >= 0 and victim.e - there > victim.v * CRAWL_SECONDS
    and math.ceil(there) < victim.e and not is_deadly(id, victim)
end

-- The reported position is a report old: what was fetched since is not given away.
local function from_the_last()
  for _, id in ipairs(redis.call('ZRANGE', job.eta, 0, CANDIDATES - 1, 'REV')) do
    local victim = record(id)
    local speed = math.max(0, victim.v)
    local age = math.max(0, head.now - victim.l) / 1000
    local there = math.min(victim.e, (victim.f or victim.p) + speed * age)
    local middle = math.floor((there + victim.e) / 2 / ALIGNMENT) * ALIGNMENT
    local needed = math.max(least, speed * SHARE_SECONDS, 1)
    if middle - there >= needed and victim.e - middle >= needed then return id, victim, middle end
    if crawls(id, victim, there) then return id, victim, math.ceil(there) end
  end
end

local id, victim, cut = from_the_silent()
if not id then id, victim, cut = from_the_last() end
if not id then return {head.seq, head.state} end
local work, stolen_end = parse(id), victim.e
if cut == victim.b then
  -- Nothing is left of it: it ends here, and that it brought nothing counts as a crash.
  leave(job, head, id, work, victim, 'steal')
  charge(job, job.crash, work.budget, work, cut)
  count(job, 'crashes', 1)
else
  victim.e = cut
  redis.call('HSET', job.live, id, cmsgpack.pack(victim))
  redis.call('ZADD', job.eta, expected_end(victim), id)
end
local lease_id = range_id(work.index, work.generation, cut, stolen_end)
local attempt = tonumber(redis.call('HGET', job.att, parse(lease_id).budget) or 0) + 1
local lease = {t = token, w = worker, b = cut, e = stolen_end, s = victim.s, a = attempt}
grant(job, head, lease_id, lease)
count(job, 'steals', 1)
tell(job, 'stolen', string.format('%.0f bytes from %s', stolen_end - cut, victim.w), worker, work.index)
return {head.seq, head.state, as_answer(lease_id, lease)}
