-- All that is open of one file, whatever its place.
-- Ids of equal score are sorted: those of one file and generation stand together.
local function place_of(id)
  if id:sub(1, 1) ~= 'r' then return -1 end
  return tonumber(id:sub(3, 8) .. id:sub(10, 11), 16)
end

local function pending_ranges(job, prefix, score, found)
  -- The place of the first is found by halving: readers write nothing.
  local wanted = place_of(prefix)
  local rank = redis.call('ZCOUNT', job.pend, '-inf', '(' .. integer(score))
  local past = redis.call('ZCOUNT', job.pend, '-inf', integer(score))
  local stop = past
  while rank < past do
    local middle = math.floor((rank + past) / 2)
    if place_of(redis.call('ZRANGE', job.pend, middle, middle)[1]) < wanted then
      rank = middle + 1
    else
      past = middle
    end
  end
  while rank < stop do
    local id = redis.call('ZRANGE', job.pend, rank, rank)[1]
    if place_of(id) ~= wanted then break end
    found[#found + 1] = id
    rank = rank + 1
  end
end

local function ids_of(job, head, file, generation, size)
  if not head.gathers then return {whole_file_id(head, file, generation, size)} end
  local prefix = string.format('r:%06x:%02x:', file, generation)
  local found = redis.call('ZRANGE', job.open, '[' .. prefix, '(' .. prefix .. '~', 'BYLEX')
  pending_ranges(job, prefix, -size, found)
  return found
end
