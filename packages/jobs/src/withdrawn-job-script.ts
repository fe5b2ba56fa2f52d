import { turnKeys } from './fair-turn.ts';

/** Of the keys of a queue, in the order in which the script takes them. */
export const withdrawalKeys = ['wait', turnKeys.front] as const;

/**
 * Lua: withdraws a job while nobody has it in hand, and undoes what its gate has charged; or does neither. Where the job
 * never came nothing is undone that was not done: that is for `undo` to know.
 *
 * KEYS: those of the queue ({@link withdrawalKeys}), the job's, those of `undo`. ARGV: the job's id, what `undo` takes.
 *
 * @param undo the body of a Lua function, which finds its own in KEYS and ARGV
 */
export function withdrawnJobScript(undo: string): string {
  return `
local function undo(KEYS, ARGV)
${undo}
end

local wait, front, job = unpack(KEYS, 1, 3)
local id = ARGV[1]
if redis.call('EXISTS', job) == 1 then
  if redis.call('LREM', wait, 1, id) == 0 and redis.call('ZREM', front, id) == 0 then return 0 end
  redis.call('DEL', job)
end
undo({ unpack(KEYS, 4) }, { unpack(ARGV, 2) })
return 1
`;
}
