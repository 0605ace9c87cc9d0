-- A batch is `e` tiny files of one plan page, from its entry `first` on; its position counts files.
local function sizes_of(job, page)
  return cmsgpack.unpack(redis.call('HGET', job.sizes, integer(page)))
end

local function bytes_of(sizes, first, count)
  local bytes = 0
  for entry = first + 1, first + count do bytes = bytes + sizes[entry] end
  return bytes
end
