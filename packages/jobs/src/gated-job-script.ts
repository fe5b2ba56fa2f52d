import { fairTurn, turnKeys } from './fair-turn.ts';

/** Lua that decides, before a job is added, whether it may be. */
export interface Gate {
  /** What all asks of one script have in common: its locals are there for the others. */
  shared?: string;
  /**
   * The body of a function. It finds its own in KEYS from `key` and in ARGV from `arg`, and answers numbers with spaces
   * between, 1 in front for yes: one text is written and read faster than a list.
   */
  ask: string;
  /** What is done when all have been asked. */
  settle?: string;
}

/** So many jobs are let wait in the order they came in: their turns are not worth counting. */
const shortQueue = 32;

/**
 * Lua: for each of some jobs asks `gate`, and adds the job if it says yes. Both in the same moment: either the gate has
 * charged what it charges and the job is there, or neither.
 *
 * A job is what BullMQ's own script makes of it: test/integration/gated-job.test.ts holds the two against each other, key
 * by key, and only where many wait it gets a turn as {@link fairTurn} says. Left out are parents, delays and the like, which none of
 * ours has; BullMQ's script takes longer to find that they are not there than to add the job. Left out, too, are the events
 * `added` and `waiting`: each takes Redis as long as a list of the limits, and the stream keeps ten
 * thousand, from which a rush of these two would push out what happened to the jobs.
 *
 * KEYS: those of the queue ({@link jobKeys}); then for each job the gate's, and its own. ARGV: how many jobs, their name,
 * their time and the beginning of their options; then for each the gate's arguments, and its id, data, the rest of its options and
 * its flow. A gate has as many for each job.
 *
 * Answers for each job what the gate said, or `!` and what went wrong, which is nobody else's trouble.
 */
export function gatedJobScript({ shared = '', ask, settle = '' }: Gate): string {
  return `
${fairTurn}
${shared}
local function gate(key, arg)
${ask}
end

local meta, wait, events, marker, counter, active, front, turnCounter, turns = unpack(KEYS, 1, ${jobKeys.length})
local count, name, timestamp, optionsHead = tonumber(ARGV[1]), unpack(ARGV, 2, 4)
local queue = redis.call('HMGET', meta, 'opts.maxLenEvents', 'paused', 'concurrency')
local mostEvents = queue[1] or 10000
local waiting, came, asked, added, line = redis.call('LLEN', wait), {}, 0, false, nil

local function add(job, id, data, options, flow)
  if not queue[1] and asked == 0 then redis.call('HSET', meta, 'opts.maxLenEvents', mostEvents) end
  asked = asked + 1
  if redis.call('EXISTS', job) == 1 then
    redis.call('XADD', events, 'MAXLEN', '~', mostEvents, '*', 'event', 'duplicated', 'jobId', id)
    return
  end
  line = line or openLine(front, turns)
  local turn = 0
  if line.first or waiting + #came >= ${shortQueue} then turn = turnOf(line, flow) end
  redis.call('HSET', job, 'name', name, 'data', data, 'opts', optionsHead .. options, 'timestamp', timestamp, 'delay', '0', 'priority', string.format('%d', turn))
  if turn == 0 then came[#came + 1] = id
  else redis.call('ZADD', front, turn * 4294967296 + redis.call('INCR', turnCounter) % 4294967296, id) end
  added = true
end

local function askAndAdd(key, lastKey, arg, lastArg)
  local answer = gate(key, arg)
  if answer:match('^1%f[%D]') then add(KEYS[lastKey], unpack(ARGV, lastArg - 3, lastArg)) end
  return answer
end

local keysEach, argumentsEach = (#KEYS - ${jobKeys.length}) / count, (#ARGV - 4) / count
local answers = {}
for i = 1, count do
  local lastKey, lastArg = ${jobKeys.length} + i * keysEach, 4 + i * argumentsEach
  local fine, answer = pcall(askAndAdd, lastKey - keysEach + 1, lastKey, lastArg - argumentsEach + 1, lastArg)
  answers[i] = fine and answer or ('!' .. (type(answer) == 'table' and answer.err or tostring(answer)))
end

${settle}
if #came > 0 then redis.call('LPUSH', wait, unpack(came)) end
if asked > 0 then redis.call('INCRBY', counter, asked) end
local full = queue[3] and redis.call('LLEN', active) >= tonumber(queue[3])
if added and not queue[2] and not full then redis.call('ZADD', marker, 0, '0') end
return answers
`;
}

/** Of the keys of a queue, in the order in which the script takes them. */
export const jobKeys = ['meta', 'wait', 'events', 'marker', 'id', 'active', turnKeys.front, turnKeys.counter, turnKeys.turns] as const;
