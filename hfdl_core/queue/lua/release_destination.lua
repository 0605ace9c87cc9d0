-- FLEET: gives a destination free, if this job holds it.
-- KEYS    1 dest
-- ARGV    1 destination  2 job
-- RETURNS 1 when it was this job's
-- INCLUDE none
local dest = KEYS[1]
local destination, job = ARGV[1], ARGV[2]

if redis.call('HGET', dest, destination) ~= job then return 0 end
return redis.call('HDEL', dest, destination)
