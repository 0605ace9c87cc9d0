-- Failed attempts and crashes are counted per piece of work, and forgotten when it gets further
-- than it ever was.
local CRASH_BUDGET = 5

local function forget_budget(job, budget)
  redis.call('HDEL', job.att, budget)
  redis.call('HDEL', job.crash, budget)
  redis.call('HDEL', job.best, budget)
end

-- Called when a lease ends at `position`; returns the key under which its rest is charged.
local function advance_budget(job, work, lease, position)
  if work.kind == 'f' then
    local best = redis.call('HGET', job.best, work.budget)
    if best and position > tonumber(best) then
      redis.call('HDEL', job.att, work.budget)
      redis.call('HDEL', job.crash, work.budget)
      redis.call('HSET', job.best, work.budget, integer(position))
    end
    return work.budget
  end
  if position == lease.b then return work.budget end
  -- What was done is credited for good: the rest begins elsewhere, with fresh budgets.
  forget_budget(job, work.budget)
  if work.kind == 'b' then
    return string.format('b:%06x:%04x', work.page, work.first + position)
  end
  return string.format('%06x:%02x:%011x', work.index, work.generation, position)
end

-- Counts one more failed attempt or crash and returns how many there are.
local function charge(job, counter, budget, work, position)
  if work.kind == 'f' then redis.call('HSETNX', job.best, budget, integer(position)) end
  return redis.call('HINCRBY', counter, budget, 1)
end
