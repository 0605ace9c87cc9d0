-- Leases that ran out: their work goes back, and a crash is charged to it, not an attempt.
-- One of the batch's files may be what kills workers: each gets a budget of its own.
local function take_apart(job, head, id)
  local batch = parse(id)
  local sizes = sizes_of(job, batch.page)
  for position = 0, batch.e - 1 do
    local file, score = single(job, head, sizes, batch, position)
    if file then to_pending(job, file, score) end
  end
end

local function put_back(job, head, id, lease, work, position, rest)
  local budget = advance_budget(job, work, lease, position)
  if not rest then return end
  count(job, 'crashes', 1)
  local crashes = charge(job, job.crash, budget, work, position)
  if crashes < CRASH_BUDGET then
    to_pending(job, rest, lease.s)
  elseif work.kind == 'b' then
    forget_budget(job, budget)
    take_apart(job, head, rest)
  else
    local text = string.format('%d workers in a row went silent with it', crashes)
    to_failed(job, head, rest, lease.s,
      {error = text, cause = 'crashes', worker = lease.w, attempt = lease.a})
    tell(job, 'task_failed', text, lease.w, work.index)
  end
end

local function reap_one(job, head, id)
  local lease, work = cmsgpack.unpack(redis.call('HGET', job.live, id)), parse(id)
  leave(job, head, id, work, lease, 'reap')
  count(job, 'reaped', 1)
  local rest = credit(job, head, id, work, lease, lease.p)
  tell(job, 'lease_expired', lease.w .. ' went silent', lease.w,
    work.index or work.page * head.page_size + work.first)
  put_back(job, head, id, lease, work, lease.p, rest)
end

-- A deadline further away than a lease is long was set by a clock that has stepped back since.
local function clamp_deadlines(job, head)
  local latest = integer(head.now + LEASE_MS)
  local beyond = redis.call('ZRANGE', job.lease, '(' .. latest, '+inf', 'BYSCORE', 'LIMIT', 0, 100)
  for _, id in ipairs(beyond) do redis.call('ZADD', job.lease, latest, id) end
end

local function reap(job, head, limit)
  clamp_deadlines(job, head)
  local expired = redis.call('ZRANGE', job.lease, '-inf', integer(head.now), 'BYSCORE',
    'LIMIT', 0, limit)
  for _, id in ipairs(expired) do reap_one(job, head, id) end
  if #expired > 0 then settle(job, head) end
  return #expired
end
