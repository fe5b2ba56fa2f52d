import { setImmediate } from 'node:timers/promises';
import { queuePrefix } from '@daypass/jobs/job-type';
import { expect, test } from 'vitest';
import { openQueue, payload, reaches, state, type TestQueue } from '../support/test-queue.ts';

const charge = { ask: "return '1 ' .. redis.call('INCR', KEYS[key])" };
const undo = "redis.call('DECRBY', KEYS[1], ARGV[1])";

/** A queue behind a gate that counts, and what it has counted. */
function openCounted() {
  const queue = openQueue();
  const redis = queue.connect();
  const count = `${queuePrefix}:${queue.type.name}:count`;
  const add = queue.producer.behind(charge);
  const withdraw = queue.producer.withdrawing(undo);
  return {
    queue,
    add: (id: string) => add({ keys: [count], args: [] }, { ...payload, id }),
    withdraw: (id: string) => withdraw({ keys: [count], args: [1] }, { ...payload, id }),
    counted: async () => Number(await redis.get(count)),
  };
}
const idsIn = async ({ producer }: TestQueue) => (await producer.queue.getJobs(['waiting', 'prioritized'], 0, -1, true)).map(({ id }) => id);

test.each([
  { where: 'in the order they came', waiting: 10 },
  { where: 'for their turns', waiting: 60 },
])('a job among those that wait $where is withdrawn, with what it was charged, and no other', async ({ waiting }) => {
  const { queue, add, withdraw, counted } = openCounted();
  for (let each = 0; each < waiting; each += 1) await add(`job-${each}`);
  const before = await idsIn(queue);
  const id = `job-${waiting - 5}`;
  expect(await withdraw(id)).toBe(true);
  expect(await idsIn(queue)).toEqual(before.filter((other) => other !== `${id}.1`));
  expect(await queue.job(`${id}.1`)).toEqual({});
  expect(await counted()).toBe(waiting - 1);

  const given: string[] = [];
  queue.consume(async (job) => {
    given.push(job.id);
    return { verdict: 'done' };
  }, 1);
  await expect.poll(() => given.length).toBe(waiting - 1);
  expect(given).not.toContain(id);
});

test('a job that somebody has in hand, or is done, goes its way, and nothing is undone', async () => {
  const { queue, add, withdraw, counted } = openCounted();
  const sent = Promise.withResolvers<void>();
  queue.consume(async () => {
    await sent.promise;
    return { verdict: 'done' };
  });
  await add('one');
  await reaches(queue, 'active', 'one.1');
  expect(await withdraw('one')).toBe(false);
  sent.resolve();
  await reaches(queue, 'completed', 'one.1');
  expect(await withdraw('one')).toBe(false);
  expect(await counted()).toBe(1);
});

test('of a job that never came what may have been charged is undone all the same', async () => {
  const { queue, withdraw, counted } = openCounted();
  expect(await withdraw('one')).toBe(true);
  expect(await counted()).toBe(-1);
  expect(await state(queue, 'one.1')).toBe('unknown');
});

test('a job that comes late is withdrawn as soon as it is there: both are said over one connection', async () => {
  const { queue, add, withdraw, counted } = openCounted();
  await queue.connect().call('CLIENT', 'PAUSE', '500', 'ALL');
  const added = add('one');
  await setImmediate(); // Jobs of one turn are added together, at its end.
  expect(await withdraw('one')).toBe(true);
  await added;
  expect(await counted()).toBe(0);
  expect(await idsIn(queue)).toEqual([]);
});
