-- FLEET: gives a destination to a job, unless another holds it that the caller did not find ended.
-- KEYS    1 dest
-- ARGV    1 destination  2 job  3 holder that has ended, empty for none
-- RETURNS the job that holds the destination now
-- INCLUDE none
local dest = KEYS[1]
local destination, job, ended = ARGV[1], ARGV[2], ARGV[3]

local holder = redis.call('HGET', dest, destination)
if holder and holder ~= job and holder ~= ended then return holder end
redis.call('HSET', dest, destination, job)
return job
