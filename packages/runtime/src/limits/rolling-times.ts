/**
 * Lua: exact rolling windows over a list of the times at which something was spent, the newest last.
 *
 * A window of `max` is full when the entry `max` from the end still lies inside it. What is older than the longest
 * window does not count, and is cut off the front at the next spend. A caller whose clock is behind counts from the
 * newest entry: time never runs backwards.
 *
 * In ARGV windows are written as: how many, then `max` and length of each; the longest last.
 */
export const rollingTimes = `
-- Redis would write a number of Lua's with all the digits that it might have.
local function whole(number) return string.format('%d', number) end

local function openTimes(key, now, longest)
  local newest = redis.call('LINDEX', key, '-1')
  if not newest then return { key = key, now = now, longest = longest, stale = 0, used = 0, oldest = now } end
  now = math.max(now, tonumber(newest))
  local length, stale, oldest = redis.call('LLEN', key), 0, tonumber(redis.call('LINDEX', key, '0'))
  if oldest + longest <= now then
    -- Where what still counts begins, found by halving: there may be thousands before it.
    local from, to = 1, length
    while from < to do
      local middle = math.floor((from + to) / 2)
      if redis.call('LINDEX', key, middle) + longest <= now then from = middle + 1 else to = middle end
    end
    stale, oldest = from, tonumber(redis.call('LINDEX', key, from)) or now
  end
  return { key = key, now = now, longest = longest, stale = stale, used = length - stale, oldest = oldest }
end

-- How long until \`max\` is not reached any more in the last \`window\` milliseconds.
local function waitForTimes(times, max, window)
  if times.used < max then return 0 end
  local entry = max > 0 and redis.call('LINDEX', times.key, -max)
  return (tonumber(entry) or times.now) + window - times.now
end

local function spendTimes(times)
  if times.stale > 0 then redis.call('LTRIM', times.key, times.stale, -1) end
  redis.call('RPUSH', times.key, whole(times.now))
  redis.call('PEXPIRE', times.key, whole(times.longest))
  times.used = times.used + 1
end

-- How long until something of the longest window is free again.
local function relaxesIn(times)
  return times.oldest + times.longest - times.now
end
`;
