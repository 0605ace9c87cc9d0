-- Where a task goes that did not succeed: it waits for its next try, or has failed.
local LONGEST_DELAY_MS = 600000

local function set_note(job, id, score, why)
  why.score = score
  redis.call('HSET', job.note, id, cjson.encode(why))
  if id:sub(1, 1) == 'r' then redis.call('ZADD', job.open, 0, id) end
end

local function take_note(job, id)
  local note = redis.call('HGET', job.note, id)
  redis.call('HDEL', job.note, id)
  if id:sub(1, 1) == 'r' then redis.call('ZREM', job.open, id) end
  return cjson.decode(note)
end

local function to_delay(job, head, id, score, why, delay_ms)
  local due = head.now + math.max(0, math.min(delay_ms, LONGEST_DELAY_MS))
  redis.call('ZADD', job.delay, integer(due), id)
  set_note(job, id, score, why)
end

local function to_failed(job, head, id, score, why)
  redis.call('ZADD', job.failed, integer(head.now), id)
  redis.call('HINCRBY', job.ffail, integer(parse(id).index), 1)
  redis.call('HINCRBY', job.cnt, 'cause:' .. why.cause, 1)
  set_note(job, id, score, why)
end

-- Takes an id off the failed ones; nil when it is not there.
local function take_failed(job, id)
  if redis.call('ZREM', job.failed, id) == 0 then return nil end
  local index, note = integer(parse(id).index), take_note(job, id)
  if redis.call('HINCRBY', job.ffail, index, -1) <= 0 then redis.call('HDEL', job.ffail, index) end
  if redis.call('HINCRBY', job.cnt, 'cause:' .. note.cause, -1) <= 0 then
    redis.call('HDEL', job.cnt, 'cause:' .. note.cause)
  end
  return note
end
