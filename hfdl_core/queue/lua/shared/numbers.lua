-- Whole numbers as Redis takes them, and the server's own clock, which alone decides.
local function integer(number)
  -- Lua prints minus zero as "-0", which HINCRBY refuses in the middle of a script.
  if number == 0 then return '0' end
  return string.format('%.0f', number)
end

local function server_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
