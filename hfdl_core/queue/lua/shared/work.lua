-- Task ids carry their work; hfdl_core/task_id.py describes them.
local function parse(id)
  local kind = id:sub(1, 1)
  local function hex(first, last) return tonumber(id:sub(first, last), 16) end
  if kind == 'b' then
    return {kind = kind, page = hex(3, 8), first = hex(10, 13), b = 0, e = hex(15, 18),
      budget = id:sub(1, 13)}
  end
  local work = {kind = kind, index = hex(3, 8), generation = hex(10, 11)}
  if kind == 'r' then
    -- Open ranges of a file never begin at the same byte: that byte names their budget.
    work.b, work.e, work.budget = hex(13, 23), hex(25, 35), id:sub(3, 23)
  else
    work.b, work.e, work.budget = 0, hex(13, 23), id:sub(3, 11)
  end
  return work
end

local function range_id(index, generation, b, e)
  return string.format('r:%06x:%02x:%011x:%011x', index, generation, b, e)
end

-- In gather everything is a range, so that ids of equal priority sort in file and byte order.
local function whole_file_id(head, index, generation, size)
  if head.gathers then return range_id(index, generation, 0, size) end
  return string.format('f:%06x:%02x:%011x', index, generation, size)
end
