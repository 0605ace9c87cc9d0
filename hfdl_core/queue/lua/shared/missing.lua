-- All that is open of one file, whatever its place, and what will be missing after a reopening.
local function pending_ranges(job, prefix, score, found)
  -- Ids of one file share score and prefix, so they stand together: a marker finds their place.
  redis.call('ZADD', job.pend, integer(score), prefix)
  local rank = redis.call('ZRANK', job.pend, prefix)
  redis.call('ZREM', job.pend, prefix)
  repeat
    local id = redis.call('ZRANGE', job.pend, rank, rank)[1]
    local is_ours = id and id:sub(1, #prefix) == prefix
    if is_ours then found[#found + 1] = id end
    rank = rank + 1
  until not is_ours
end

local function ids_of(job, head, file, generation, size)
  if not head.gathers then return {whole_file_id(head, file, generation, size)} end
  local prefix = string.format('r:%06x:%02x:', file, generation)
  local found = redis.call('ZRANGE', job.open, '[' .. prefix, '(' .. prefix .. '~', 'BYLEX')
  pending_ranges(job, prefix, -size, found)
  return found
end

-- Takes an id from wherever it is; returns which of its bytes are still missing.
local function drop(job, head, id)
  local work, packed = parse(id), redis.call('HGET', job.live, id)
  forget_budget(job, work.budget)
  if packed then
    local lease = cmsgpack.unpack(packed)
    leave(job, head, id, work, lease, 'reopen')
    return lease.p, lease.e
  end
  if redis.call('ZREM', job.delay, id) == 1 then
    take_note(job, id)
  elseif not take_failed(job, id) then
    redis.call('ZREM', job.pend, id)
  end
  return work.b, work.e
end

-- Sorted, overlapping and touching ranges made one.
local function merged(ranges)
  table.sort(ranges, function(one, other) return one[1] < other[1] end)
  local spans = {}
  for _, range in ipairs(ranges) do
    local last = spans[#spans]
    if last and range[1] <= last[2] then
      last[2] = math.max(last[2], range[2])
    else
      spans[#spans + 1] = {range[1], range[2]}
    end
  end
  return spans
end

local function reopen_ranges(job, head, file, generation, size, was_done, has_none_open, wanted)
  local index = integer(file)
  local before = was_done and '0' or redis.call('HGET', job.frem, index)
  -- Never counted and nothing open: it was part of a batch, which leaves it alone from now on.
  -- An empty file has nothing to fetch: it only waits for its digest.
  if has_none_open and not before and size > 0 then wanted = {{0, size}} end
  local missing = 0
  for _, span in ipairs(merged(wanted)) do
    missing = missing + span[2] - span[1]
    to_pending(job, range_id(file, generation, span[1], span[2]), -size)
  end
  redis.call('HSET', job.frem, index, integer(missing))
  count(job, 'bytes_completed', tonumber(before or size) - missing)
end
