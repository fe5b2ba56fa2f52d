/** Into how many parts a window is divided: the last one to leave may hold a request back by so much of the window. */
export const countedParts = 24;

/**
 * Lua: a rolling window over a number that may be large, in constant time and memory. A hash holds one count for each
 * part of the window by the number of that part, their sum, and the newest part. A part leaves when all of it lies
 * outside: there are never more than `max` in any window, and after a rush it may take a part longer than it had to.
 *
 * What is added is written by `writeCount`: of several that are added in one script, once.
 *
 * `over` is a mark that is set when the sum has reached `max`, for whoever has to tell that once.
 */
export const rollingCount = `
local parts = ${countedParts}

local function openCount(key, now, max, window)
  local size = window / parts
  local part = math.floor(now / size)
  local held = redis.call('HMGET', key, 'newest', 'sum', 'over')
  local newest, sum, over = tonumber(held[1]), tonumber(held[2]) or 0, held[3]
  if newest and newest < part then
    sum = 0
    local fields = redis.call('HGETALL', key)
    for i = 1, #fields, 2 do
      local each = tonumber(fields[i])
      if each and each < part - parts then redis.call('HDEL', key, fields[i])
      elseif each then sum = sum + tonumber(fields[i + 1]) end
    end
    newest = sum > 0 and part
    if newest then redis.call('HSET', key, 'newest', part, 'sum', sum) else redis.call('DEL', key) end
    if newest then redis.call('PEXPIRE', key, window + 2 * size) end
  end
  local relaxed = over and sum < max
  if relaxed then redis.call('HDEL', key, 'over') end
  return { key = key, max = max, window = window, size = size, part = math.max(part, newest or 0), fresh = not newest,
    sum = sum, added = 0, over = over and not relaxed, relaxed = relaxed }
end

-- How long until the sum is smaller.
local function waitForCount(count, now)
  if count.sum < count.max then return 0 end
  local oldest = count.part
  for _, field in ipairs(redis.call('HKEYS', count.key)) do
    oldest = math.min(oldest, tonumber(field) or oldest)
  end
  return math.max(1, (oldest + parts + 1) * count.size - now)
end

local function addToCount(count)
  count.sum, count.added = count.sum + 1, count.added + 1
end

local function writeCount(count)
  if count.added == 0 then return end
  redis.call('HINCRBY', count.key, count.part, count.added)
  redis.call('HINCRBY', count.key, 'sum', count.added)
  if count.fresh then
    redis.call('HSET', count.key, 'newest', count.part)
    redis.call('PEXPIRE', count.key, count.window + 2 * count.size)
  end
  count.added, count.fresh = 0, false
end
`;
