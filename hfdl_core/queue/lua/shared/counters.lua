-- The job's figures; what they count is decided in scripts alone, never by a client.
local function count(job, counter, amount)
  if amount ~= 0 then redis.call('HINCRBY', job.cnt, counter, integer(amount)) end
end
