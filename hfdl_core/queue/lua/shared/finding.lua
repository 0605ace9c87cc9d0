-- All that is open of one file, whatever its place.
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
