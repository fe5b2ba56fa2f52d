import { cleanFinishedJobs } from '@daypass/jobs/clean-finished-jobs';
import { describe, expect, test } from 'vitest';
import { again, jobId, openQueue, payload, reaches, scripted, state } from '../support/test-queue.ts';

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
    const { given, handler } = scripted(...again(10, { verdict: 'later', reason: 'paced', delayMs: 1 }));
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
    ['an error with a number for a code', thrown({ code: 11_000 }), 'Error_11000'],
    ['an error with an address for a code', thrown({ code: address }), 'unknown_error'],
    ['an error with an address for a name', thrown({ name: `${address}Error` }), 'unknown_error'],
  ])('is kept by name only, and told to the process: %s', async (_what, error, failedReason) => {
    const queue = openQueue({ retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } });
    const { errors } = queue.consume(scripted(error).handler);
    await queue.producer.add(payload);
    await reaches(queue, 'failed');
    const kept = await queue.job();
    expect(kept).toMatchObject({ failedReason, stacktrace: '[]' });
    expect(JSON.stringify(kept)).not.toContain('ada@'); // The queue's name is random, and may have ada in it.
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
