import { queuePrefix } from '@daypass/jobs/job-type';
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { jobId, openQueue, payload, reaches, scripted, state, type TestQueue } from '../support/test-queue.ts';

describe('a job that was added behind a gate', () => {
  const open = { ask: "return '1 7'" };
  const question = { keys: [], args: [] };
  /** Everything that Redis holds of a queue, with the names, times and numbers that are never the same left out. */
  async function dump({ type, connect }: TestQueue): Promise<Record<string, unknown>> {
    const redis = connect();
    const prefix = `${queuePrefix}:${type.name}:`;
    const entries = (await redis.keys(`${prefix}*`)).toSorted().map(async (key) => [key.slice(prefix.length), await read(redis, key)] as const);
    const text = JSON.stringify(Object.fromEntries(await Promise.all(entries))).replaceAll(type.name, 'queue');
    return JSON.parse(text.replace(/\b\d{13}(-\d+)?\b/g, 'time')) as Record<string, unknown>;
  }
  async function read(redis: Redis, key: string): Promise<unknown> {
    switch (await redis.type(key)) {
      case 'hash': {
        const { opts, ...fields } = await redis.hgetall(key);
        return opts === undefined ? fields : { ...fields, opts: JSON.parse(opts) as unknown };
      }
      case 'list':
        return redis.lrange(key, 0, -1);
      case 'zset':
        return redis.zrange(key, '0', '-1', 'WITHSCORES');
      case 'stream': {
        // Ours does not say that a job was added and waits: its events are what happens to it then.
        const events = (await redis.xrange(key, '-', '+')).filter(([, [, event]]) => event !== 'added' && event !== 'waiting');
        return events.length > 0 ? events : undefined;
      }
      default:
        return redis.get(key);
    }
  }

  test.each<[string, (queue: TestQueue) => Promise<unknown>]>([
    ['in an empty queue', async () => undefined],
    ['in a paused queue', ({ producer }) => producer.queue.pause()],
    ['in a queue with a limit that is reached', ({ producer }) => producer.queue.setGlobalConcurrency(0)],
    ['in a queue with a limit that is not reached', ({ producer }) => producer.queue.setGlobalConcurrency(5)],
    ['after another one', ({ producer }) => producer.add({ ...payload, id: 'first' })],
    ['after the same one', ({ producer }) => producer.add(payload)],
  ])('%s leaves in Redis what BullMQ would have left', async (_where, prepare) => {
    const [ours, theirs] = [openQueue(), openQueue()];
    for (const queue of [ours, theirs]) await prepare(queue);
    expect(await ours.producer.behind(open)(question, payload)).toEqual([1, 7]);
    await theirs.producer.queue.add(theirs.type.name, payload, { jobId });
    const left = await dump(ours);
    expect(Object.keys(left)).toContain(jobId);
    expect(left).toEqual(await dump(theirs));
  });

  test('reaches the handler as it was given', async () => {
    const queue = openQueue();
    const { given, handler } = scripted();
    queue.consume(handler);
    await queue.producer.behind(open)(question, payload);
    await reaches(queue, 'completed');
    expect(given).toEqual([payload]);
  });

  test('is not there when the gate says no, and the gate is asked with its own keys and arguments', async () => {
    const queue = openQueue();
    const add = queue.producer.behind({ ask: "return table.concat({ 0, #KEYS[key], #KEYS[key + 1], ARGV[arg], ARGV[arg + 1] }, ' ')" });
    const keysOf = (name: string) => [`${queuePrefix}:${name}`, `${queuePrefix}:another`];
    const asked = [payload, { ...payload, id: 'longer' }];
    const answers = asked.map((each, index) => add({ keys: keysOf(each.id), args: [index, 8] }, each));
    expect(await Promise.all(answers)).toEqual(asked.map(({ id }, index) => [0, ...keysOf(id).map((key) => key.length), index, 8]));
    expect(await queue.job()).toEqual({});
    expect(await state(queue)).toBe('unknown');
  });

  test('one of several that were asked for at once: each has its own answer, in whatever trouble another is', async () => {
    const queue = openQueue();
    const redis = queue.connect();
    const broken = `${queuePrefix}:${queue.type.name}:broken`;
    await redis.set(broken, 'no number');
    // Counts up to two of a key.
    const add = queue.producer.behind({ ask: "local count = redis.call('INCR', KEYS[key]) return (count <= tonumber(ARGV[arg]) and '1 ' or '0 ') .. count" });
    const asked = ['a', 'b', 'broken', 'a', 'a', 'b'].map((name, index) =>
      add({ keys: [`${queuePrefix}:${queue.type.name}:${name}`], args: [2] }, { ...payload, id: `${name}-${index}` }),
    );
    const answers = await Promise.allSettled(asked);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'trouble'))).toEqual([[1, 1], [1, 1], 'trouble', [1, 2], [0, 3], [1, 2]]);
    expect(answers[2]).toMatchObject({ reason: { code: 'unavailable' } });
    expect((await queue.producer.queue.getWaiting()).map(({ id }) => id)).toEqual(['a-0.1', 'b-1.1', 'a-3.1', 'b-5.1']);
    expect(await redis.get(`${queuePrefix}:${queue.type.name}:id`)).toBe('4');
  });

  test('is the same in Redis whether it was added with others or alone, also where they take turns', async () => {
    const [together, alone] = [openQueue(), openQueue()];
    const addTogether = together.producer.behind(open);
    const addAlone = alone.producer.behind(open);
    const jobs = Array.from({ length: 60 }, (_, index) => ({ lane: index % 3, job: { ...payload, id: `job-${index % 50}`, site: index % 2 ? 'one' : 'other' } }));
    await Promise.all(jobs.map(({ lane, job }) => addTogether(question, job, lane)));
    for (const { lane, job } of jobs) await addAlone(question, job, lane);
    const left = await dump(together);
    expect(left).toHaveProperty('prioritized');
    expect(left).toEqual(await dump(alone));
  });
});
