-- RETRYING -> PENDING: a person does not want to wait until the next try is due; attempts stay counted.
-- KEYS    1 meta  2 pend  3 delay  4 lease  5 open  6 failed  7 note  8 ffail  9 cnt  10 ev
-- ARGV    1 epoch  2... ids
-- RETURNS {seq, how many were waiting}
-- INCLUDE numbers opening work pending places events
local job = {
  meta = KEYS[1], pend = KEYS[2], delay = KEYS[3], lease = KEYS[4], open = KEYS[5],
  failed = KEYS[6], note = KEYS[7], ffail = KEYS[8], cnt = KEYS[9], ev = KEYS[10],
}
local epoch = ARGV[1]

local head, hurried = open_job(job, epoch), 0
for slot = 2, #ARGV do
  local id = ARGV[slot]
  if redis.call('ZREM', job.delay, id) == 1 then
    to_pending(job, id, take_note(job, id).score)
    hurried = hurried + 1
  end
end
if hurried > 0 then tell(job, 'hurried', hurried .. ' waiting tasks are tried at once') end
return {head.seq, hurried}
