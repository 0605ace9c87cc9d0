-- READ: what is open of some files, and who holds it.
-- KEYS    1 meta  2 pend  3 live  4 open  5 gen  6 done
-- ARGV    1 epoch  2... index and size of each file
-- RETURNS nothing for another epoch, else of each file {1 when completed, then of each part: begin or position, end, begin of its lease or -1, its worker}
-- INCLUDE numbers work finding
local job = {
  meta = KEYS[1], pend = KEYS[2], live = KEYS[3], open = KEYS[4], gen = KEYS[5], done = KEYS[6],
}
local epoch = ARGV[1]

local function parts_of(head, file, size)
  local index = integer(file)
  local generation = tonumber(redis.call('HGET', job.gen, index) or 0)
  local row = {redis.call('GETBIT', job.done, index)}
  for _, id in ipairs(ids_of(job, head, file, generation, size)) do
    local work, packed = parse(id), redis.call('HGET', job.live, id)
    local part = {work.b, work.e, -1, ''}
    if packed then
      local lease = cmsgpack.unpack(packed)
      part = {lease.p, lease.e, lease.b, lease.w}
    end
    for _, value in ipairs(part) do row[#row + 1] = value end
  end
  return row
end

local meta = redis.call('HMGET', job.meta, 'epoch', 'delivery')
if meta[1] ~= epoch then return {} end
local head, answer = {gathers = meta[2] == 'gather'}, {}
for slot = 2, #ARGV, 2 do
  answer[#answer + 1] = parts_of(head, tonumber(ARGV[slot]), tonumber(ARGV[slot + 1]))
end
return answer
