-- FAILED -> PENDING: a person gives failed tasks another chance, with fresh budgets.
-- KEYS    1 meta  2 pend  3 lease  4 open  5 att  6 crash  7 best  8 failed  9 note  10 ffail  11 cnt  12 delay  13 ev
-- ARGV    1 epoch  2... ids
-- RETURNS {seq, how many went back}
-- INCLUDE numbers opening work budgets pending places events ending
local job = {
  meta = KEYS[1], pend = KEYS[2], lease = KEYS[3], open = KEYS[4], att = KEYS[5], crash = KEYS[6],
  best = KEYS[7], failed = KEYS[8], note = KEYS[9], ffail = KEYS[10], cnt = KEYS[11],
  delay = KEYS[12], ev = KEYS[13],
}
local epoch = ARGV[1]

local head, requeued = open_job(job, epoch), 0
for slot = 2, #ARGV do
  local id = ARGV[slot]
  local note = take_failed(job, id)
  if note then
    forget_budget(job, parse(id).budget)
    to_pending(job, id, note.score)
    requeued = requeued + 1
  end
end
if requeued > 0 then
  run_again(job, head)
  tell(job, 'requeued', requeued .. ' failed tasks back to the queue')
end
return {head.seq, requeued}
