-- What is open of a file is taken away from wherever it is.
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
