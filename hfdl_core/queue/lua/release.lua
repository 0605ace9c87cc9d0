-- IN_PROGRESS -> PENDING: a worker gives a lease back; no attempt is counted.
-- KEYS    1 meta  2 sizes  3 pend  4 delay  5 lease  6 live  7 tok  8 eta  9 open  10 over  11 overq  12 done  13 gen  14 frem  15 att  16 crash  17 best  18 ffail  19 cnt  20 ev
-- ARGV    1 epoch  2 id  3 token  4 position  5 reason, may be empty
-- RETURNS {seq, counted, already or lost}
-- INCLUDE numbers opening work batches records leases counters batch_files counting budgets pending events ending
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5], live = KEYS[6],
  tok = KEYS[7], eta = KEYS[8], open = KEYS[9], over = KEYS[10], overq = KEYS[11], done = KEYS[12],
  gen = KEYS[13], frem = KEYS[14], att = KEYS[15], crash = KEYS[16], best = KEYS[17],
  ffail = KEYS[18], cnt = KEYS[19], ev = KEYS[20],
}
local epoch, id, token, position, reason = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]

local head = open_job(job, epoch)
local lease = held(job, id, token)
if not lease then
  return {head.seq, redis.call('HGET', job.over, token) == 'release' and 'already' or 'lost'}
end

local work, reached = parse(id), forward(lease, position)
leave(job, head, id, work, lease, 'release')
advance_budget(job, work, lease, reached)
local rest = credit(job, head, id, work, lease, reached)
if rest then to_pending(job, rest, lease.s) end
if reason ~= '' then
  tell(job, 'released', reason, lease.w, work.index or work.page * head.page_size + work.first)
end
settle(job, head)
return {head.seq, 'counted'}
