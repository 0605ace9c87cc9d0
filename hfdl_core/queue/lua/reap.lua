-- IN_PROGRESS -> PENDING: takes back leases that ran out; work that keeps killing workers fails.
-- KEYS    1 meta  2 sizes  3 pend  4 delay  5 lease  6 live  7 tok  8 eta  9 open  10 over  11 overq  12 done  13 gen  14 frem  15 att  16 crash  17 best  18 failed  19 note  20 ffail  21 cnt  22 ev
-- ARGV    1 epoch  2 the most to take
-- RETURNS {seq, how many were taken}
-- INCLUDE numbers opening work batches records leases counters batch_files counting budgets pending places events ending reaping
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5], live = KEYS[6],
  tok = KEYS[7], eta = KEYS[8], open = KEYS[9], over = KEYS[10], overq = KEYS[11], done = KEYS[12],
  gen = KEYS[13], frem = KEYS[14], att = KEYS[15], crash = KEYS[16], best = KEYS[17],
  failed = KEYS[18], note = KEYS[19], ffail = KEYS[20], cnt = KEYS[21], ev = KEYS[22],
}
local epoch, limit = ARGV[1], tonumber(ARGV[2])

local head = open_job(job, epoch)
return {head.seq, reap(job, head, limit)}
