-- IN_PROGRESS -> RETRYING | FAILED: charges an attempt to what failed; it waits out its backoff, or fails for good.
-- KEYS    1 meta  2 sizes  3 pend  4 delay  5 lease  6 live  7 tok  8 eta  9 open  10 over  11 overq  12 done  13 gen  14 frem  15 att  16 crash  17 best  18 failed  19 note  20 ffail  21 cnt  22 ev
-- ARGV    1 epoch  2 id  3 token  4 position  5 error  6 cause  7 1 when another try cannot help  8 backoff in ms
-- RETURNS {seq, retrying, failed, already or lost, attempts so far}
-- INCLUDE numbers opening work batches records leases counters batch_files counting budgets pending places events ending
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5], live = KEYS[6],
  tok = KEYS[7], eta = KEYS[8], open = KEYS[9], over = KEYS[10], overq = KEYS[11], done = KEYS[12],
  gen = KEYS[13], frem = KEYS[14], att = KEYS[15], crash = KEYS[16], best = KEYS[17],
  failed = KEYS[18], note = KEYS[19], ffail = KEYS[20], cnt = KEYS[21], ev = KEYS[22],
}
local epoch, id, token, position = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local text, cause, is_permanent, backoff_ms = ARGV[5], ARGV[6], ARGV[7] == '1', tonumber(ARGV[8])

local head = open_job(job, epoch)
local lease = held(job, id, token)
if not lease then
  local attempt = (redis.call('HGET', job.over, token) or ''):match('^fail (%d+)$')
  return {head.seq, attempt and 'already' or 'lost', tonumber(attempt or 0)}
end

local work, reached = parse(id), forward(lease, position)
-- The file at the batch's position is the one that failed: there must be one.
if work.kind == 'b' then reached = math.min(reached, work.e - 1) end
leave(job, head, id, work, lease, 'fail 0')
local budget = advance_budget(job, work, lease, reached)
local rest = credit(job, head, id, work, lease, reached)
local score = lease.s
if work.kind == 'b' then
  local sizes = sizes_of(job, work.page)
  local others = batch_rest(sizes, work, reached + 1)
  if others then to_pending(job, others, lease.s) end
  forget_budget(job, budget)
  rest, score = single(job, head, sizes, work, reached)
  budget = rest and parse(rest).budget
end
if not rest then
  -- Nothing of this lease is left to fail: thieves took the rest, or it has a task of its own.
  settle(job, head)
  return {head.seq, 'already', 0}
end

local what = parse(rest)
local attempt = charge(job, job.att, budget, what, work.kind == 'f' and reached or 0)
redis.call('HSET', job.over, token, 'fail ' .. attempt)
local why = {error = text, cause = cause, worker = lease.w, attempt = attempt}
if is_permanent or attempt >= head.max_attempts then
  to_failed(job, head, rest, score, why)
  tell(job, 'task_failed', text, lease.w, what.index)
  settle(job, head)
  return {head.seq, 'failed', attempt}
end
to_delay(job, head, rest, score, why, backoff_ms)
count(job, 'retries', 1)
tell(job, 'task_retrying', text, lease.w, what.index)
return {head.seq, 'retrying', attempt}
