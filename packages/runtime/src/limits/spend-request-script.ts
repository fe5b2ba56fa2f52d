import { rollingCount } from './rolling-count.ts';
import { rollingTimes } from './rolling-times.ts';

/**
 * How long a solved puzzle is remembered: longer than it can be solved, by as much as the clocks of two processes may
 * differ.
 */
const solvedMs = 10 * 60_000;

/**
 * Lua: decides requests for a mail, and spends what they cost. Each is asked for itself; what they have in common is read
 * once, and what they spend of their site is written once, when all have been asked.
 *
 * Few have a device token or a proof, and each key costs every request: theirs are among the arguments.
 *
 * The mails to an address are few, so their list is read as a whole. Those that a known browser asked for are written
 * with a minus.
 */
export const spendRequestGate = {
  shared: `
${rollingTimes}
${rollingCount}
local rulesBy, counts = {}, {}

local function rulesOf(text)
  local rules = rulesBy[text] or cjson.decode(text)
  rulesBy[text] = rules
  return rules
end

local function countOf(key, now, max, window)
  local count = counts[key]
  if count and count.max == max and count.window == window then
    local part = math.floor(now / count.size)
    -- What holds nothing has no newest part that a clock could be behind.
    if part == count.part or (part < count.part and not (count.fresh and count.added == 0)) then
      count.relaxed = false
      return count
    end
  end
  if count then writeCount(count) end
  counts[key] = openCount(key, now, max, window)
  return counts[key]
end

-- Who refuses the one that is asked for now, for the longest.
local wait, refuser, fullMax, fullWindow
local function refuse(who, ms, max, window)
  if ms > wait then wait, refuser, fullMax, fullWindow = ms, who, max, window end
end

-- \`mails\` are times, the newest first. The windows stand in the rules from \`at\`; answers where the next ones do. Nobody
-- has to wait for longer than \`most\`.
local function checkMails(mails, mailAt, rules, at, most)
  local last = at + 2 * rules[at]
  for i = at + 1, mails and last or at, 2 do
    local max, window = rules[i], rules[i + 1]
    if #mails >= max then refuse(1, math.min((mails[max] or mailAt) + window - mailAt, most), max, window) end
  end
  return last + 1
end

local function revokedAt(key) return tonumber(redis.call('GET', key)) or 0 end
`,

  ask: `
local addressKey, networkKey, siteKey, wrongCodesKey, failuresKey = unpack(KEYS, key, key + 4)
local rulesText, nowText, device, solvedKey = unpack(ARGV, arg, arg + 3)
local rules, now = rulesOf(rulesText), tonumber(nowText)
local waitFrom, firstWait, longestWait, waitStep, rule, networkFree, failuresForProof, networkMax, networkWindow, siteMax,
  siteWindow, wrongMax, wrongWindow, addressWindow, keptMax, keptWindow = unpack(rules, 1, 16)
wait, refuser, fullMax, fullWindow = 0, 0, 0, 0

-- A known browser, unless its token was revoked since: for the address, or by the visitor at this site.
local holder = false
if device ~= '' then
  local issuedAt, revokedKey, takenBackKey = device:match('^(%d+) (%S+) (%S+)$')
  holder = tonumber(issuedAt) > math.max(revokedAt(revokedKey), revokedAt(takenBackKey))
end

-- The newest first.
local mails, own = {}, {}
local entries = redis.call('LRANGE', addressKey, '0', '-1')
for i = #entries, 1, -1 do
  local time = tonumber(entries[i])
  mails[#mails + 1] = math.abs(time)
  if time < 0 then own[#own + 1] = -time end
end
local mailAt = math.max(now, mails[1] or 0)
local at = checkMails(not holder and mails, mailAt, rules, 17, math.huge)
-- How long until one of those that are kept is free.
local keptWait = keptMax == 0 and math.huge or own[keptMax] and own[keptMax] + keptWindow - mailAt or 0
at = checkMails(holder and mails, mailAt, rules, at, keptWait)
checkMails(holder and own, mailAt, rules, at, math.huge)

local failed, lastFailed = unpack(redis.call('HMGET', failuresKey, 'count', 'last'))
failed = tonumber(failed) or 0
if not holder and waitFrom > 0 and failed >= waitFrom then
  local pause = math.min(firstWait * 2 ^ math.floor((failed - waitFrom) / waitStep), longestWait)
  refuse(2, tonumber(lastFailed) + pause - now, 0, 0)
end

local network = openTimes(networkKey, now, networkWindow)
refuse(3, waitForTimes(network, networkMax, networkWindow), networkMax, networkWindow)
local site = countOf(siteKey, now, siteMax, siteWindow)
refuse(4, waitForCount(site, now), siteMax, siteWindow)
local wrongCodes = countOf(wrongCodesKey, now, wrongMax, wrongWindow)
local relaxed = wrongCodes.relaxed and 1 or 0
if refuser > 0 then return string.format('0 %d %d %d %d %d', relaxed, refuser, fullMax, fullWindow, wait) end

local reason = network.used >= networkFree or failed >= failuresForProof or wrongCodes.sum >= wrongMax
local needed = rule == 2 or (rule == 1 and reason)
if needed and not (solvedKey ~= '' and redis.call('SET', solvedKey, '1', 'PX', '${solvedMs}', 'NX')) then
  spendTimes(network)
  return string.format('2 %d %d %d %d %d', relaxed, network.used, relaxesIn(network), site.sum, wrongCodes.sum)
end

local entry = whole(holder and -mailAt or mailAt)
redis.call('RPUSH', addressKey, entry)
redis.call('PEXPIRE', addressKey, whole(addressWindow))
if #mails > 0 and mails[#mails] + addressWindow <= mailAt then
  local kept = 1
  while mails[kept] and mails[kept] + addressWindow > mailAt do kept = kept + 1 end
  redis.call('LTRIM', addressKey, -kept, -1)
end
spendTimes(network)
addToCount(site)
return string.format('1 %d %d %d %d %s %d %d', relaxed, network.used, relaxesIn(network), needed and 1 or 0, entry, network.now, site.part)
`,

  settle: 'for _, count in pairs(counts) do writeCount(count) end',
};

/** Lua: {@link spendRequestGate}, asked once. */
export const spendRequestScript = `
${spendRequestGate.shared}
local function ask(key, arg)
${spendRequestGate.ask}
end
local answer = ask(1, 1)
${spendRequestGate.settle}
return answer
`;
