import { queuePrefix } from '@daypass/jobs/job-type';
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { jobId, openQueue, payload, reaches, scripted, state, type TestQueue } from '../support/test-queue.ts';

describe('a job that was added behind a gate', () => {
  const open = 'return { 1, 7 }';
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
      case 'stream':
        return redis.xrange(key, '-', '+');
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
    const add = queue.producer.behind('return { 0, #KEYS - 10, #KEYS[1], #ARGV - 6, tonumber(ARGV[2]) }');
    expect(await add({ keys: [`${queuePrefix}:one`], args: ['a', 8] }, payload)).toEqual([0, 1, `${queuePrefix}:one`.length, 2, 8]);
    expect(await queue.job()).toEqual({});
    expect(await state(queue)).toBe('unknown');
  });
});
