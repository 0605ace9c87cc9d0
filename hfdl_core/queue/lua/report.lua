-- IN_PROGRESS -> IN_PROGRESS: notes how far leases are and renews them; each answer is the lease's present end.
-- KEYS    1 meta  2 sizes  3 lease  4 live  5 eta  6 cnt
-- ARGV    1 epoch  2... id, token, position, bytes per second and fetched position of each lease
-- RETURNS {seq, state, end or -1 when lost...}
-- INCLUDE numbers opening work batches records counters
local job = {
  meta = KEYS[1], sizes = KEYS[2], lease = KEYS[3], live = KEYS[4], eta = KEYS[5], cnt = KEYS[6],
}
local epoch = ARGV[1]

local head = open_job(job, epoch)
local deadline = integer(head.now + LEASE_MS)
local deadlines, records, ends, moved = {}, {}, {}, 0

local function note(id, lease, position, speed, fetched)
  local work, reached = parse(id), forward(lease, position)
  if reached > lease.p then
    moved = moved + bytes_behind(job, work, lease, reached) - bytes_behind(job, work, lease, lease.p)
  end
  lease.p, lease.l, lease.v, lease.f = reached, head.now, speed, math.max(reached, math.min(fetched, lease.e))
  deadlines[#deadlines + 1], deadlines[#deadlines + 2] = deadline, id
  records[#records + 1], records[#records + 2] = id, cmsgpack.pack(lease)
  if work.kind == 'r' then ends[#ends + 1], ends[#ends + 2] = expected_end(lease), id end
end

local answer, noted = {head.seq, head.state}, {}
for slot = 2, #ARGV, 5 do
  local id, token, position, speed, fetched = unpack(ARGV, slot, slot + 4)
  -- Records are written at the end: a lease named twice goes on from what was noted first.
  local lease = noted[id]
  if not lease or lease.t ~= token then lease = held(job, id, token) end
  if lease then
    noted[id] = lease
    note(id, lease, tonumber(position), tonumber(speed), tonumber(fetched))
  end
  answer[#answer + 1] = lease and lease.e or -1
end
if #deadlines > 0 then redis.call('ZADD', job.lease, unpack(deadlines)) end
if #records > 0 then redis.call('HSET', job.live, unpack(records)) end
if #ends > 0 then redis.call('ZADD', job.eta, unpack(ends)) end
count(job, 'bytes_live', moved)
return answer
