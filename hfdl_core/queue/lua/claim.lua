-- PENDING -> IN_PROGRESS: hands one task to each token, the largest files first; tends to expired leases and due retries on the way.
-- KEYS    1 meta  2 sizes  3 pend  4 delay  5 lease  6 live  7 tok  8 eta  9 open  10 over  11 overq  12 done  13 gen  14 frem  15 att  16 crash  17 best  18 failed  19 note  20 ffail  21 cnt  22 ev
-- ARGV    1 epoch  2 worker  3 longest range in bytes, zero for any  4... tokens
-- RETURNS {seq, state, leases as {token, id, begin, end, attempt}...}
-- INCLUDE numbers opening work batches records leases counters batch_files counting budgets pending places events ending reaping promoting
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5], live = KEYS[6],
  tok = KEYS[7], eta = KEYS[8], open = KEYS[9], over = KEYS[10], overq = KEYS[11], done = KEYS[12],
  gen = KEYS[13], frem = KEYS[14], att = KEYS[15], crash = KEYS[16], best = KEYS[17],
  failed = KEYS[18], note = KEYS[19], ffail = KEYS[20], cnt = KEYS[21], ev = KEYS[22],
}
local epoch, worker, carve = ARGV[1], ARGV[2], tonumber(ARGV[3])

local head = open_job(job, epoch)
if head.state == 'running' then
  reap(job, head, 8)
  promote(job, head, 8)
end

local function take(token)
  local popped = redis.call('ZPOPMIN', job.pend)
  if #popped == 0 then return nil end
  local id, score = popped[1], tonumber(popped[2])
  local work = parse(id)
  if work.kind == 'r' and carve > 0 and work.e - work.b > carve then
    local middle = work.b + carve
    to_pending(job, range_id(work.index, work.generation, middle, work.e), score)
    id, work.e = range_id(work.index, work.generation, work.b, middle), middle
  end
  local attempt = tonumber(redis.call('HGET', job.att, work.budget) or 0) + 1
  local lease = {t = token, w = worker, b = work.b, e = work.e, s = score, a = attempt}
  grant(job, head, id, lease)
  count(job, 'claims', 1)
  return as_answer(id, lease)
end

local answer = {head.seq, head.state}
for slot = 4, #ARGV do
  local token = ARGV[slot]
  local id = redis.call('HGET', job.tok, token)
  if id then
    -- A repeat after a lost answer: the lease is there, whatever the job's state is now.
    answer[#answer + 1] = as_answer(id, held(job, id, token))
  elseif head.state == 'running' and redis.call('HEXISTS', job.over, token) == 0 then
    answer[#answer + 1] = take(token)
  end
end
return answer
