-- JOB: whoever noticed that Redis lost its tail lets the sequence numbers jump, from which all others learn of it.
-- KEYS    1 meta  2 lease
-- ARGV    1 epoch  2 highest number known before the loss  3 length of an era
-- RETURNS {seq}
-- INCLUDE numbers opening
local job = {meta = KEYS[1], lease = KEYS[2]}
local epoch, known, length = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local head = open_job(job, epoch)
local next_era = (math.floor(known / length) + 1) * length
-- Several may have noticed: the first of them is enough.
if head.seq >= next_era then return {head.seq} end
redis.call('HSET', job.meta, 'seq', integer(next_era))
return {next_era}
