-- READ: what was written into a log since the last look; the newest lines at the first one.
-- KEYS    1 ev
-- ARGV    1 id of the last line read, empty before the first look  2 its number among all ever written  3 the most to tell
-- RETURNS {lines ever written, lines kept, 1 when read anew, lines as {id, fields}, which come newest first when read anew}
-- INCLUDE none
local job = {ev = KEYS[1]}
local after, number, most = ARGV[1], tonumber(ARGV[2]), ARGV[3]

if redis.call('EXISTS', job.ev) == 0 then return {0, 0, 1, {}} end
local about = {}
local flat = redis.call('XINFO', 'STREAM', job.ev)
for slot = 1, #flat, 2 do about[flat[slot]] = flat[slot + 1] end
local written, kept = about['entries-added'], about['length']
-- Fewer lines than before: Redis was emptied, or the job deleted and made anew.
if after == '' or written < number then
  return {written, kept, 1, redis.call('XREVRANGE', job.ev, '+', '-', 'COUNT', most)}
end
return {written, kept, 0, redis.call('XRANGE', job.ev, '(' .. after, '+', 'COUNT', most)}
