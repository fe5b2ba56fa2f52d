/**
 * Lua: exact rolling windows over a list of the times at which something was spent, the newest last.
 *
 * A window of `max` is full when the entry `max` from the end still lies inside it. What is older than the longest
 * window is dropped from the front when it is met, so the length of a list is what is used of that window. A caller
 * whose clock is behind counts from the newest entry: time never runs backwards.
 *
 * In ARGV windows are written as: how many, then `max` and length of each; the longest last.
 */
export const rollingTimes = `
local function openTimes(key, now, longest)
  local newest = redis.call('LINDEX', key, -1)
  if not newest then return { key = key, now = now, longest = longest, used = 0, oldest = now } end
  now = math.max(now, tonumber(newest))
  local oldest = tonumber(redis.call('LINDEX', key, 0))
  while oldest and oldest + longest <= now do
    redis.call('LPOP', key)
    oldest = tonumber(redis.call('LINDEX', key, 0))
  end
  return { key = key, now = now, longest = longest, used = redis.call('LLEN', key), oldest = oldest or now }
end

-- How long until \`max\` is not reached any more in the last \`window\` milliseconds.
local function waitForTimes(times, max, window)
  if times.used < max then return 0 end
  local entry = max > 0 and redis.call('LINDEX', times.key, -max)
  return (tonumber(entry) or times.now) + window - times.now
end

local function spendTimes(times)
  redis.call('RPUSH', times.key, times.now)
  redis.call('PEXPIRE', times.key, times.longest)
  times.used = times.used + 1
end

-- How long until something of the longest window is free again.
local function relaxesIn(times)
  return times.oldest + times.longest - times.now
end
`;
