-- FLEET: a worker says goodbye, so that readers see that it left and was not lost.
-- KEYS    1 status  2 seen  3 roster  4 boot  5 ev
-- ARGV    1 worker/boot  2 worker  3 boot id  4 roster entry as json  5 how it left
-- RETURNS 1
-- INCLUDE numbers events
local fleet = {status = KEYS[1], seen = KEYS[2], roster = KEYS[3], boot = KEYS[4], ev = KEYS[5]}
local member, worker, boot_id, entry, how = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

redis.call('UNLINK', fleet.status)
redis.call('ZADD', fleet.seen, integer(server_ms()), member)
redis.call('HSET', fleet.roster, member, entry)
if redis.call('HGET', fleet.boot, worker) == boot_id then redis.call('HDEL', fleet.boot, worker) end
tell(fleet, 'worker_left', how, worker)
return 1
