-- READ: one job's record, counters and numbers of tasks, all of one instant.
-- KEYS    1 meta  2 plan  3 pend  4 delay  5 lease  6 failed  7 ffail  8 cnt
-- ARGV    none
-- RETURNS {server ms, meta, cnt, pages, pending, delayed, leased, failed, files with failures}
-- INCLUDE numbers
local meta, plan, pend, delay, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local failed, ffail, cnt = KEYS[6], KEYS[7], KEYS[8]

return {
  server_ms(),
  redis.call('HGETALL', meta), redis.call('HGETALL', cnt), redis.call('HLEN', plan),
  redis.call('ZCARD', pend), redis.call('ZCARD', delay), redis.call('ZCARD', lease),
  redis.call('ZCARD', failed), redis.call('HLEN', ffail),
}
