-- The score of a pending task is minus the size of its file, also when only a part is left of it:
-- the largest file comes first, and files are finished one after another.
local function to_pending(job, id, score)
  redis.call('ZADD', job.pend, integer(score), id)
end
