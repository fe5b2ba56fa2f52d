/**
 * Lua: whose turn it is where jobs have to wait. Start-time fair queueing: every flow (a site's mails to some domains) has
 * its jobs numbered one by one, beginning where the job in front stands now, and the lowest number goes first. So who has
 * few jobs in the queue is never behind who has many, and of one flow none overtakes another.
 *
 * `openLine(front, turns)` reads where the line stands: `first` is the number of the job in front, if there is one.
 * `turnOf(line, flow)` takes the next number of `flow`, which must be given to a job, and tells the number of the job in
 * front. BullMQ keeps jobs by number in a sorted set, whose scores have a counter in their lower 32 bits.
 *
 * docs/adr/0023-mails-that-wait-take-turns.md
 */
export const fairTurn = `
local function openLine(front, turns)
  local first = redis.call('ZRANGE', front, 0, 0, 'WITHSCORES')[2]
  return { turns = turns, first = first and math.floor(first / 4294967296), last = {} }
end

local function turnOf(line, flow)
  local begins = not line.first
  if begins then
    redis.call('DEL', line.turns)
    line.first = 1
  end
  local last = line.last[flow] or tonumber(redis.call('HGET', line.turns, flow)) or 0
  local turn = math.min(math.max(line.first, last + 1), ${2 ** 21 - 1})
  line.last[flow] = turn
  redis.call('HSET', line.turns, flow, turn)
  if begins then redis.call('EXPIRE', line.turns, 3600) end
  return turn, line.first
end
`;

/** Keys of a queue that the turns are kept in: BullMQ's own set of jobs with a number, its counter, and ours. */
export const turnKeys = { front: 'prioritized', counter: 'pc', turns: 'turns' } as const;

/**
 * Lua: sends a job that was put off, and has come back, to its place among those that wait. Returns whether it has one:
 * if not, it is its turn.
 */
export const rejoinScript = `
${fairTurn}
local front, turns, job = unpack(KEYS)
local flow, progress = unpack(ARGV)
local line = openLine(front, turns)
if not line.first then return 0 end
local turn, at = turnOf(line, flow)
if turn <= at then return 0 end
redis.call('HSET', job, 'priority', turn, 'progress', progress)
return 1
`;
