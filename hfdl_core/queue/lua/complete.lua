-- IN_PROGRESS -> COMPLETED: counts what a lease has done, once; what it has not goes back to pending.
-- KEYS    1 meta  2 sizes  3 pend  4 delay  5 lease  6 live  7 tok  8 eta  9 open  10 over  11 overq  12 done  13 gen  14 frem  15 att  16 crash  17 best  18 ffail  19 via  20 cnt  21 ev
-- ARGV    1 epoch  2 id  3 token  4 position  5 downloader's name, empty for http
-- RETURNS {seq, counted, already or lost}
-- INCLUDE numbers opening work batches records leases counters batch_files counting budgets pending events ending
local job = {
  meta = KEYS[1], sizes = KEYS[2], pend = KEYS[3], delay = KEYS[4], lease = KEYS[5], live = KEYS[6],
  tok = KEYS[7], eta = KEYS[8], open = KEYS[9], over = KEYS[10], overq = KEYS[11], done = KEYS[12],
  gen = KEYS[13], frem = KEYS[14], att = KEYS[15], crash = KEYS[16], best = KEYS[17],
  ffail = KEYS[18], via = KEYS[19], cnt = KEYS[20], ev = KEYS[21],
}
local epoch, id, token, position, downloader = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]

local head = open_job(job, epoch)
local lease = held(job, id, token)
if not lease then
  return {head.seq, redis.call('HGET', job.over, token) == 'complete' and 'already' or 'lost'}
end

local work, reached = parse(id), forward(lease, position)
leave(job, head, id, work, lease, 'complete')
advance_budget(job, work, lease, reached)
local rest
if work.kind == 'f' and reached >= lease.e then
  count_file(job, integer(work.index), lease.e)
  count(job, 'tasks_completed', 1)
  forget_budget(job, work.budget)
else
  rest = credit(job, head, id, work, lease, reached)
end
local is_counted = not rest or work.kind == 'b' or (work.kind == 'r' and reached > lease.b)
if downloader ~= '' and is_counted then
  local first = work.index or work.page * head.page_size + work.first
  local files = work.kind == 'b' and reached or 1
  for index = first, first + files - 1 do
    if work.kind ~= 'b' or is_own(job, integer(index)) then
      redis.call('HSET', job.via, integer(index), downloader)
    end
  end
end
if rest then to_pending(job, rest, lease.s) end
settle(job, head)
return {head.seq, 'counted'}
