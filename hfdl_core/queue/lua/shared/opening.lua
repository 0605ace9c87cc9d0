-- How every mutating script begins: right epoch, next sequence number, server time, outages.
local LEASE_MS, OUTAGE_MS = 45000, 20000

-- Nobody could report while Redis was away, and a clock that stepped proves nothing: every lease
-- begins anew. In steps, because Lua cannot unpack much more than 7,000 values.
local function renew_all(job, now)
  local ids, deadline = redis.call('ZRANGE', job.lease, 0, -1), integer(now + LEASE_MS)
  for first = 1, #ids, 400 do
    local renewed = {}
    for n = first, math.min(first + 399, #ids) do
      renewed[#renewed + 1] = deadline
      renewed[#renewed + 1] = ids[n]
    end
    redis.call('ZADD', job.lease, unpack(renewed))
  end
end

-- The job's head; refuses, before anything is written, when Redis was emptied since the caller
-- last looked: the record is gone, or was made anew under another epoch.
local function open_job(job, epoch)
  local head = redis.call('HMGET', job.meta, 'epoch', 'beat', 'state', 'delivery', 'page_size',
    'max_attempts', 'sealed', 'files_total')
  if not head[1] or head[1] ~= epoch then
    error({err = 'EMPTIED the record of this job is gone or was made anew'})
  end
  local now = server_ms()
  local silence = now - tonumber(head[2])
  local seq = redis.call('HINCRBY', job.meta, 'seq', 1)
  redis.call('HSET', job.meta, 'beat', integer(now))
  if silence > OUTAGE_MS or silence < 0 then renew_all(job, now) end
  return {
    now = now, seq = seq, state = head[3], gathers = head[4] == 'gather',
    page_size = tonumber(head[5]), max_attempts = tonumber(head[6]), sealed = head[7] == '1',
    files_total = tonumber(head[8] or 0),
  }
end
