import { fairTurn, turnKeys } from './fair-turn.ts';

/** So many jobs are let wait in the order they came in: their turns are not worth counting. */
const shortQueue = 32;

/**
 * Lua: for each of some jobs asks `gate`, and adds the job if it answers a table with 1 in front. Both in the same moment: either
 * the gate has charged what it charges and the job is there, or neither.
 *
 * A job is what BullMQ's own script makes of it: test/integration/gated-job.test.ts holds the two against each other, key
 * by key, and only where many wait it gets a turn as {@link fairTurn} says. Left out are parents, delays and the like, which none of
 * ours has; BullMQ's script takes longer to find that they are not there than to add the job.
 *
 * KEYS: those of the queue ({@link jobKeys}); then for each job the gate's, and its own. ARGV: how many jobs, their name and
 * time; then for each the gate's arguments, and its id, data, options and flow. A gate has as many for each job.
 *
 * Answers for each job what the gate said, as numbers with spaces between: one text is written and read faster than a
 * list. Or `!` and what went wrong, which is nobody else's trouble.
 *
 * @param gate the body of a Lua function, which finds its own in KEYS and ARGV
 */
export function gatedJobScript(gate: string): string {
  return `
${fairTurn}
local function gate(KEYS, ARGV)
${gate}
end

local meta, wait, events, marker, counter, active, front, turnCounter, turns = unpack(KEYS, 1, ${jobKeys.length})
local count, name, timestamp = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local queue = redis.call('HMGET', meta, 'opts.maxLenEvents', 'paused', 'concurrency')
local mostEvents = queue[1] or 10000
local waiting, asked, added, line = redis.call('LLEN', wait), 0, false, nil

local function add(job, id, data, opts, flow)
  if not queue[1] and asked == 0 then redis.call('HSET', meta, 'opts.maxLenEvents', mostEvents) end
  asked = asked + 1
  if redis.call('EXISTS', job) == 1 then
    redis.call('XADD', events, 'MAXLEN', '~', mostEvents, '*', 'event', 'duplicated', 'jobId', id)
    return
  end
  line = line or openLine(front, turns)
  local turn = 0
  if line.first or waiting >= ${shortQueue} then turn = turnOf(line, flow) end
  redis.call('HSET', job, 'name', name, 'data', data, 'opts', opts, 'timestamp', timestamp, 'delay', 0, 'priority', turn)
  redis.call('XADD', events, '*', 'event', 'added', 'jobId', id, 'name', name)
  if turn == 0 then waiting = redis.call('LPUSH', wait, id)
  else redis.call('ZADD', front, turn * 4294967296 + redis.call('INCR', turnCounter) % 4294967296, id) end
  redis.call('XADD', events, 'MAXLEN', '~', mostEvents, '*', 'event', 'waiting', 'jobId', id)
  added = true
end

local function askAndAdd(keys, arguments)
  local answer = gate(keys, arguments)
  if answer[1] == 1 then add(keys[#keys], unpack(arguments, #arguments - 3)) end
  return table.concat(answer, ' ')
end

local keysEach, argumentsEach = (#KEYS - ${jobKeys.length}) / count, (#ARGV - 3) / count
local answers = {}
for i = 1, count do
  local keysFrom, argumentsFrom = ${jobKeys.length} + (i - 1) * keysEach, 3 + (i - 1) * argumentsEach
  local keys = { unpack(KEYS, keysFrom + 1, keysFrom + keysEach) }
  local arguments = { unpack(ARGV, argumentsFrom + 1, argumentsFrom + argumentsEach) }
  local fine, answer = pcall(askAndAdd, keys, arguments)
  answers[i] = fine and answer or ('!' .. (type(answer) == 'table' and answer.err or tostring(answer)))
end

if asked > 0 then redis.call('INCRBY', counter, asked) end
local full = queue[3] and redis.call('LLEN', active) >= tonumber(queue[3])
if added and not queue[2] and not full then redis.call('ZADD', marker, 0, '0') end
return answers
`;
}

/** Of the keys of a queue, in the order in which the script takes them. */
export const jobKeys = ['meta', 'wait', 'events', 'marker', 'id', 'active', turnKeys.front, turnKeys.counter, turnKeys.turns] as const;
