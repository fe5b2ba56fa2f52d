import { randomBytes } from 'node:crypto';
import { gather } from '@daypass/core/gather';
import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import { createConsumer, type Consumer, type Handler, type Verdict } from '@daypass/jobs/consumer';
import { queuePrefix, type JobType } from '@daypass/jobs/job-type';
import { createProducer, type Producer } from '@daypass/jobs/producer';
import { Redis } from 'ioredis';
import { afterEach, expect } from 'vitest';
import { sharedStores } from './stores.ts';

export const payload: CodeIssue = { v: 1, id: 'challenge', site: 'default', envelope: 'SEALED', send: 1 };
export const jobId = codeIssue.idOf(payload);

/** A queue of its own, with retries that do not keep a test waiting. */
export interface TestQueue {
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

export function openQueue(options: Partial<JobType<CodeIssue>> = {}): TestQueue {
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
  const producer = createProducer(type, redis, { gather });
  cleanups.push(() => producer.queue.obliterate({ force: true }));
  return {
    type,
    producer,
    connect,
    job: (id = jobId) => redis.hgetall(`${queuePrefix}:${type.name}:${id}`),
    consume(handler, concurrency = 5) {
      const errors: Error[] = [];
      const consumer = createConsumer(type, connect(), handler, {
        concurrency,
        onError: (error) => errors.push(error),
        onConnection: () => undefined,
      });
      cleanups.push(() => consumer.stop(5_000));
      return { consumer, errors };
    },
  };
}

/** A handler that says these verdicts, one after the other, and tells what it was given. */
export function scripted(...verdicts: (Verdict | Error)[]) {
  const given: CodeIssue[] = [];
  const handler: Handler<CodeIssue> = async (job) => {
    given.push(job);
    const verdict = verdicts.shift() ?? { verdict: 'done' };
    if (verdict instanceof Error) throw verdict;
    return verdict;
  };
  return { given, handler };
}
export const again = (times: number, verdict: Verdict) => Array.from({ length: times }, () => verdict);
export const state = (queue: TestQueue, id = jobId) => queue.producer.queue.getJobState(id);
export const reaches = (queue: TestQueue, wanted: string, id = jobId) =>
  expect.poll(() => state(queue, id), { timeout: 10_000, interval: 10 }).toBe(wanted);
