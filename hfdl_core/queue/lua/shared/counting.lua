-- Credits what a position proves, each file and byte once, through gates that survive repeats.
local function count_file(job, index, size)
  if redis.call('SETBIT', job.done, index, 1) == 1 then return false end
  count(job, 'files_completed', 1)
  count(job, 'bytes_completed', size)
  return true
end

local function count_batch(job, head, sizes, batch, done)
  local files, bytes = 0, 0
  for entry = batch.first, batch.first + done - 1 do
    local index, fresh = integer(batch.page * head.page_size + entry), false
    if not is_own(job, index) then
      fresh = false
    elseif head.gathers then
      -- All bytes are there; the file counts when the collector has verified it.
      fresh = redis.call('GETBIT', job.done, index) == 0
        and redis.call('HSETNX', job.frem, index, 0) == 1
    else
      fresh = redis.call('SETBIT', job.done, index, 1) == 0
      files = files + (fresh and 1 or 0)
    end
    bytes = bytes + (fresh and sizes[entry + 1] or 0)
  end
  count(job, 'files_completed', files)
  count(job, 'bytes_completed', bytes)
end

-- Credits up to `position` and returns the id of what is left, nil when nothing is.
-- Bytes of an unfinished whole file lie on one worker's disk: they are nobody else's, so the
-- whole file is left.
local function credit(job, head, id, work, lease, position)
  if work.kind == 'b' then
    local sizes = sizes_of(job, work.page)
    count_batch(job, head, sizes, work, position)
    local rest = batch_rest(sizes, work, position)
    if not rest then count(job, 'tasks_completed', 1) end
    return rest
  elseif work.kind == 'f' then
    return id
  end
  local index, bytes = integer(work.index), position - lease.b
  -- The score of a range is minus the size of its file.
  redis.call('HSETNX', job.frem, index, integer(-lease.s))
  redis.call('HINCRBY', job.frem, index, integer(-bytes))
  count(job, 'bytes_completed', bytes)
  if position >= lease.e then
    count(job, 'tasks_completed', 1)
    return nil
  end
  return range_id(work.index, work.generation, position, lease.e)
end
