-- The files of a batch one by one.
-- A file that was reopened has a task of its own: the batch that once held it leaves it alone.
local function is_own(job, index)
  return redis.call('HEXISTS', job.gen, index) == 0
end

-- What is left of a batch after its first `done` files; nil when nothing is.
local function batch_rest(sizes, batch, done)
  if done >= batch.e then return nil end
  local first, count = batch.first + done, batch.e - done
  return string.format('b:%06x:%04x:%04x:%011x', batch.page, first, count,
    bytes_of(sizes, first, count))
end

-- The entry at `position` as a task of its own: id and score, or nil when it is not the batch's.
local function single(job, head, sizes, batch, position)
  local entry = batch.first + position
  local index, size = batch.page * head.page_size + entry, sizes[entry + 1]
  if not is_own(job, integer(index)) then return nil end
  if redis.call('GETBIT', job.done, integer(index)) == 1 then return nil end
  return whole_file_id(head, index, 0, size), 0 - size
end
