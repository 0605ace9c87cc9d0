-- READ: one job's record, counters and numbers of tasks, all of one instant.
-- KEYS    1 meta  2 plan  3 pend  4 delay  5 lease  6 failed  7 ffail  8 cnt
-- ARGV    none
-- RETURNS {server ms, meta, cnt, pages, pending, delayed, leased, failed, files with failures}
-- INCLUDE numbers
local job = {
  meta = KEYS[1], plan = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5],
  failed = KEYS[6], ffail = KEYS[7], cnt = KEYS[8],
}

return {
  server_ms(),
  redis.call('HGETALL', job.meta), redis.call('HGETALL', job.cnt), redis.call('HLEN', job.plan),
  redis.call('ZCARD', job.pend), redis.call('ZCARD', job.delay), redis.call('ZCARD', job.lease),
  redis.call('ZCARD', job.failed), redis.call('HLEN', job.ffail),
}
