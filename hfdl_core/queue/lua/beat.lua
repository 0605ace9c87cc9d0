-- FLEET: notes that a worker lives and how it is; tells it whether to drain, has a double, and its limits.
-- KEYS    1 epoch  2 status  3 seen  4 roster  5 boot  6 drain  7 ev  8 limits
-- ARGV    1 epoch of an empty fleet  2 worker/boot  3 worker  4 boot id  5 status as json  6 roster entry as json
-- RETURNS {epoch, 1 when draining, 1 when another boot with this worker's id was heard since its last beat, its limit, the fleet's, workers alive}
-- INCLUDE numbers events
local fleet = {
  epoch = KEYS[1], status = KEYS[2], seen = KEYS[3], roster = KEYS[4], boot = KEYS[5],
  drain = KEYS[6], ev = KEYS[7], limits = KEYS[8],
}
local new_epoch, member, worker, boot_id, status, entry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local STATUS_MS, LOST_MS = 60000, 20000

redis.call('SET', fleet.epoch, new_epoch, 'NX')
redis.call('SET', fleet.status, status, 'PX', STATUS_MS)
local was_seen = redis.call('ZSCORE', fleet.seen, member)
redis.call('ZADD', fleet.seen, integer(server_ms()), member)
if redis.call('HGET', fleet.roster, member) ~= entry then redis.call('HSET', fleet.roster, member, entry) end
if not was_seen then tell(fleet, 'worker_joined', 'joined', worker) end
-- A worker that was started again takes its id over; two that live keep taking it from each other.
local last_heard = redis.call('HGET', fleet.boot, worker)
local has_double = was_seen and last_heard and last_heard ~= boot_id
redis.call('HSET', fleet.boot, worker, boot_id)
local limits = redis.call('HMGET', fleet.limits, worker, '*')
local alive = redis.call('ZCOUNT', fleet.seen, integer(server_ms() - LOST_MS), '+inf')
return {
  redis.call('GET', fleet.epoch), redis.call('SISMEMBER', fleet.drain, worker), has_double and 1 or 0,
  limits[1] or '', limits[2] or '', alive,
}
