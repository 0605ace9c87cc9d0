-- READ: a page of the completed files, found in the bitmap without sending it.
-- KEYS    1 done  2 gen
-- ARGV    1 how many to pass over  2 how many to tell
-- RETURNS {file index and generation of each...}
-- INCLUDE none
local job = {done = KEYS[1], gen = KEYS[2]}
local passed, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local BLOCKS = {4096, 64, 1}

-- Ever smaller blocks are passed over by their counts, down to the byte that holds the first.
local length, byte = redis.call('STRLEN', job.done), 0
for _, block in ipairs(BLOCKS) do
  while byte < length do
    local count = redis.call('BITCOUNT', job.done, byte, byte + block - 1)
    if count > passed then break end
    byte, passed = byte + block, passed - count
  end
end

local answer, bit = {}, byte * 8
while #answer < 2 * limit do
  bit = redis.call('BITPOS', job.done, 1, bit, -1, 'BIT')
  if bit < 0 then break end
  if passed > 0 then
    passed = passed - 1
  else
    answer[#answer + 1] = bit
    answer[#answer + 1] = tonumber(redis.call('HGET', job.gen, bit) or 0)
  end
  bit = bit + 1
end
return answer
