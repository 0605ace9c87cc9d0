-- JOB: writes one line into a job's log, unless the job is gone: no key outlives its job.
-- KEYS    1 meta  2 ev
-- ARGV    1 kind  2 text  3 worker
-- RETURNS 1 when written
-- INCLUDE numbers events
local job = {meta = KEYS[1], ev = KEYS[2]}
local kind, text, worker = ARGV[1], ARGV[2], ARGV[3]

if redis.call('EXISTS', job.meta) == 0 then return 0 end
tell(job, kind, text, worker)
return 1
