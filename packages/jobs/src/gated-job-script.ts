import { fairTurn, turnKeys } from './fair-turn.ts';

/** So many jobs are let wait in the order they came in: their turns are not worth counting. */
const shortQueue = 32;

/**
 * Lua: asks `gate`, and adds a job if it answers a table with 1 in front. Both in the same moment: either the gate has
 * charged what it charges and the job is there, or neither.
 *
 * The job is what BullMQ's own script makes of it: test/integration/queue.test.ts holds the two against each other, key
 * by key, and only where many wait it gets a turn as {@link fairTurn} says. Left out are parents, delays and the like, which none of ours has; BullMQ's script takes longer to find that
 * they are not there than to add the job.
 *
 * Of KEYS the last {@link jobKeyCount} and of ARGV the last {@link jobArgumentCount} are the job's; those before them are
 * the gate's.
 *
 * @param gate the body of a Lua function
 */
export function gatedJobScript(gate: string): string {
  return `
${fairTurn}
local function gate()
${gate}
end
local answer = gate()
if answer[1] ~= 1 then return answer end

local meta, wait, events, marker, counter, active, front, turnCounter, turns, job = unpack(KEYS, #KEYS - ${jobKeyCount - 1})
local id, name, timestamp, data, opts, flow = unpack(ARGV, #ARGV - ${jobArgumentCount - 1})
local queue = redis.call('HMGET', meta, 'opts.maxLenEvents', 'paused', 'concurrency')
local mostEvents = queue[1] or 10000
if not queue[1] then redis.call('HSET', meta, 'opts.maxLenEvents', mostEvents) end
redis.call('INCR', counter)
if redis.call('EXISTS', job) == 1 then
  redis.call('XADD', events, 'MAXLEN', '~', mostEvents, '*', 'event', 'duplicated', 'jobId', id)
  return answer
end
local turn = 0
if redis.call('EXISTS', front) == 1 or redis.call('LLEN', wait) >= ${shortQueue} then turn = turnOf(front, turns, flow) end
redis.call('HSET', job, 'name', name, 'data', data, 'opts', opts, 'timestamp', timestamp, 'delay', 0, 'priority', turn)
redis.call('XADD', events, '*', 'event', 'added', 'jobId', id, 'name', name)
if turn == 0 then redis.call('LPUSH', wait, id)
else redis.call('ZADD', front, turn * 4294967296 + redis.call('INCR', turnCounter) % 4294967296, id) end
local full = queue[3] and redis.call('LLEN', active) >= tonumber(queue[3])
if not queue[2] and not full then redis.call('ZADD', marker, 0, '0') end
redis.call('XADD', events, 'MAXLEN', '~', mostEvents, '*', 'event', 'waiting', 'jobId', id)
return answer
`;
}

/** Of the keys of a queue, in the order in which the script takes them; the job's own comes after. */
export const jobKeys = ['meta', 'wait', 'events', 'marker', 'id', 'active', turnKeys.front, turnKeys.counter, turnKeys.turns] as const;
const jobKeyCount = jobKeys.length + 1;
const jobArgumentCount = 6;
