import { randomBytes } from 'node:crypto';
import { cleanFinishedJobs } from '@daypass/jobs/clean-finished-jobs';
import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import { createConsumer, type Consumer, type Handler, type Verdict } from '@daypass/jobs/consumer';
import { queuePrefix, type JobType } from '@daypass/jobs/job-type';
import { createProducer, type Producer } from '@daypass/jobs/producer';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { sharedStores } from '../support/stores.ts';

const payload: CodeIssue = { v: 1, id: 'challenge', site: 'default', envelope: 'SEALED', send: 1 };
const jobId = codeIssue.idOf(payload);

/** A queue of its own, with retries that do not keep a test waiting. */
interface TestQueue {
  type: JobType<CodeIssue>;
  producer: Producer<CodeIssue>;
  connect(): Redis;
  /** What Redis holds of the job. */
  job(id?: string): Promise<Record<string, string>>;
  consume(handler: Handler<CodeIssue>, concurrency?: number): { consumer: Consumer; errors: Error[] };
}
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function openQueue(options: Partial<JobType<CodeIssue>> = {}): TestQueue {
  const type = {
    ...codeIssue,
    name: `test-${randomBytes(6).toString('hex')}`,
    retry: { attempts: 3, firstDelayMs: 1, maxDelayMs: 2 },
    ...options,
  };
  const connect = () => {
    const redis = new Redis(sharedStores().redisUrl, { maxRetriesPerRequest: null });
    cleanups.push(() => redis.disconnect());
    return redis;
  };
  const redis = connect();
  const producer = createProducer(type, redis, { onError: () => undefined });
  cleanups.push(() => producer.queue.obliterate({ force: true }));
  return {
    type,
    producer,
    connect,
    job: (id = jobId) => redis.hgetall(`${queuePrefix}:${type.name}:${id}`),
    consume(handler, concurrency = 5) {
      const errors: Error[] = [];
      const consumer = createConsumer(type, connect(), handler, { concurrency, onError: (error) => errors.push(error) });
      cleanups.push(() => consumer.stop(5_000));
      return { consumer, errors };
    },
  };
}

/** A handler that says these verdicts, one after the other, and tells what it was given. */
function scripted(...verdicts: (Verdict | Error)[]) {
  const given: CodeIssue[] = [];
  const handler: Handler<CodeIssue> = async (job) => {
    given.push(job);
    const verdict = verdicts.shift() ?? { verdict: 'done' };
    if (verdict instanceof Error) throw verdict;
    return verdict;
  };
  return { given, handler };
}
const again = (times: number, verdict: Verdict) => Array.from({ length: times }, () => verdict);
const state = (queue: TestQueue, id = jobId) => queue.producer.queue.getJobState(id);
const reaches = (queue: TestQueue, wanted: string, id = jobId) =>
  expect.poll(() => state(queue, id), { timeout: 10_000, interval: 10 }).toBe(wanted);

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
    await theirs.producer.add(payload);
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
    const add = queue.producer.behind('return { 0, #KEYS - 7, #KEYS[1], #ARGV - 5, tonumber(ARGV[2]) }');
    expect(await add({ keys: [`${queuePrefix}:one`], args: ['a', 8] }, payload)).toEqual([0, 1, `${queuePrefix}:one`.length, 2, 8]);
    expect(await queue.job()).toEqual({});
    expect(await state(queue)).toBe('unknown');
  });
});

describe('a job', () => {
  test('reaches the handler as it was given, and is done', async () => {
    const queue = openQueue();
    await queue.producer.add(payload);
    const { given, handler } = scripted();
    queue.consume(handler);
    await reaches(queue, 'completed');
    expect(given).toEqual([payload]);
  });

  test('that was added while nobody worked waits', async () => {
    const queue = openQueue();
    await queue.producer.add(payload);
    expect(await state(queue)).toBe('waiting');
  });

  test('that is added again, even edited, runs once and as it was first', async () => {
    const queue = openQueue();
    await Promise.all(Array.from({ length: 20 }, () => queue.producer.add(payload)));
    await queue.producer.add({ ...payload, envelope: 'EDITED' });
    const { given, handler } = scripted();
    queue.consume(handler);
    await reaches(queue, 'completed');
    await queue.producer.add(payload); // And not once more when it is done.
    await queue.producer.add({ ...payload, id: 'next' });
    await reaches(queue, 'completed', 'next.1');
    expect(given.map(({ id, envelope }) => [id, envelope])).toEqual([['challenge', 'SEALED'], ['next', 'SEALED']]);
  });

  test('that is taken by one of two workers is not taken by the other', async () => {
    const queue = openQueue();
    const jobs = Array.from({ length: 50 }, (_, index) => ({ ...payload, id: `challenge-${index}` }));
    const [one, two] = [scripted(), scripted()];
    queue.consume(one.handler);
    queue.consume(two.handler);
    await Promise.all(jobs.map((job) => queue.producer.add(job)));
    await expect.poll(() => queue.producer.queue.getJobCountByTypes('completed')).toBe(50);
    const ids = [...one.given, ...two.given].map(({ id }) => id);
    expect(new Set(ids).size).toBe(50);
    expect(ids).toHaveLength(50);
  });
});

describe('a verdict', () => {
  test('to retry is tried again, as often as the job type says, and then failed and kept', async () => {
    const queue = openQueue();
    const { given, handler } = scripted(...again(5, { verdict: 'retry', reason: 'smtp_451' }));
    queue.consume(handler);
    await queue.producer.add(payload);
    await reaches(queue, 'failed');
    expect(given).toHaveLength(3);
    expect(await queue.job()).toMatchObject({ failedReason: 'smtp_451', atm: '3' });
  });

  test('to retry and then done is done', async () => {
    const queue = openQueue();
    const { given, handler } = scripted({ verdict: 'retry', reason: 'smtp_451' });
    queue.consume(handler);
    await queue.producer.add(payload);
    await reaches(queue, 'completed');
    expect(given).toHaveLength(2);
  });

  test('of failed is final: no second try, and kept with its reason', async () => {
    const queue = openQueue();
    const { given, handler } = scripted({ verdict: 'failed', reason: 'smtp_550' });
    queue.consume(handler);
    await queue.producer.add(payload);
    await reaches(queue, 'failed');
    expect(given).toHaveLength(1);
    expect(await queue.job()).toMatchObject({ failedReason: 'smtp_550' });
  });

  test('of later costs no attempt, however often it is said', async () => {
    const queue = openQueue();
    const { given, handler } = scripted(...again(10, { verdict: 'later', delayMs: 1 }));
    const { errors } = queue.consume(handler);
    await queue.producer.add(payload);
    await reaches(queue, 'completed');
    expect(given).toHaveLength(11);
    expect(await queue.job()).toMatchObject({ atm: '1' }); // The one that was carried out.
    expect(errors).toEqual([]);
  });
});

describe('a payload that does not parse', () => {
  test.each<[string, unknown]>([
    ['another version', { ...payload, v: 2 }],
    ['a member too many', { ...payload, email: 'x' }],
    ['nothing', {}],
    ['a text', 'text'],
  ])('fails at once, without a second try, and is kept to be looked at: %s', async (_what, data) => {
    const queue = openQueue();
    const { given, handler } = scripted();
    queue.consume(handler);
    await queue.producer.queue.add(queue.type.name, data, { jobId });
    await reaches(queue, 'failed');
    expect(given).toEqual([]);
    expect(await queue.job()).toMatchObject({ failedReason: 'payload_malformed', atm: '1', data: JSON.stringify(data) });
  });

  test('does not hold up the jobs behind it', async () => {
    const queue = openQueue();
    await queue.producer.queue.add(queue.type.name, { broken: true }, { jobId: 'broken' });
    await queue.producer.add(payload);
    queue.consume(scripted().handler);
    await reaches(queue, 'completed');
    await expect.poll(() => state(queue, 'broken')).toBe('failed');
  });
});

describe('what a handler throws', () => {
  const address = 'ada@example.com';
  const thrown = (members: object) => Object.assign(new Error(`550 <${address}> unknown`), members);

  test.each<[string, Error, string]>([
    ['an error', thrown({}), 'Error'],
    ['an error with a code', thrown({ code: 'ECONNRESET' }), 'ECONNRESET'],
    ['an error with a number for a code', thrown({ code: 11_000 }), 'Error'],
    ['an error with an address for a code', thrown({ code: address }), 'unknown_error'],
    ['an error with an address for a name', thrown({ name: `${address}Error` }), 'unknown_error'],
  ])('is kept by name only, and told to the process: %s', async (_what, error, failedReason) => {
    const queue = openQueue({ retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } });
    const { errors } = queue.consume(scripted(error).handler);
    await queue.producer.add(payload);
    await reaches(queue, 'failed');
    const kept = await queue.job();
    expect(kept).toMatchObject({ failedReason, stacktrace: '[]' });
    expect(JSON.stringify(kept)).not.toContain('ada');
    expect(errors).toEqual([error]);
  });

  test('is retried like a verdict to retry', async () => {
    const queue = openQueue();
    const { given, handler } = scripted(thrown({}), thrown({}));
    queue.consume(handler);
    await queue.producer.add(payload);
    await reaches(queue, 'completed');
    expect(given).toHaveLength(3);
  });
});

test('a consumer that stops lets the job in hand finish, and takes no other', async () => {
  const queue = openQueue();
  let begun = () => undefined as void;
  let finish = () => undefined as void;
  const inHand = new Promise<void>((resolve) => (begun = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const { consumer } = queue.consume(async () => {
    begun();
    await finished;
    return { verdict: 'done' };
  }, 1);
  await queue.producer.add(payload);
  await inHand;
  const stopping = consumer.stop(10_000);
  await queue.producer.add({ ...payload, id: 'other' });
  finish();
  await stopping;
  expect([await state(queue), await state(queue, 'other.1')]).toEqual(['completed', 'waiting']);
  expect(() => consumer.assertRunning()).toThrow('does not run');
});

test('finished jobs past their age are removed, and no other', async () => {
  const queue = openQueue();
  queue.consume(scripted({ verdict: 'failed', reason: 'smtp_550' }).handler);
  await queue.producer.add(payload);
  await reaches(queue, 'failed');
  await queue.producer.add({ ...payload, id: 'done' });
  await reaches(queue, 'completed', 'done.1');

  expect(await cleanFinishedJobs(queue.type, queue.producer, 100)).toEqual({ deleted: 0, more: false });
  const aged = (keepDoneSeconds: number, keepFailedSeconds: number) => ({ ...queue.type, keepDoneSeconds, keepFailedSeconds });
  await expect.poll(() => cleanFinishedJobs(aged(0, 3_600), queue.producer, 100)).toMatchObject({ deleted: 1 });
  expect([await state(queue), await state(queue, 'done.1')]).toEqual(['failed', 'unknown']);
  expect(await cleanFinishedJobs(aged(3_600, 0), queue.producer, 1)).toEqual({ deleted: 1, more: true });
});
