import type { CodeIssue } from '@daypass/jobs/code-issue';
import { readQueue } from '@daypass/jobs/read-queue';
import { describe, expect, test } from 'vitest';
import { openQueue, payload, reaches, type TestQueue } from '../support/test-queue.ts';

const open = { ask: "return '1'" };
const nothing = { keys: [], args: [] };
const idsOf = (jobs: readonly CodeIssue[]) => jobs.map(({ id }) => id);

/** Queues jobs of a site, one after the other, named `site-0`, `site-1` … */
async function queueUp({ producer }: TestQueue, site: string, count: number, lane = 0, name = site): Promise<void> {
  const add = producer.behind(open);
  for (let from = 0; from < count; from += 500) {
    const some = Array.from({ length: Math.min(500, count - from) }, (_, index) => from + index);
    await Promise.all(some.map((number) => add(nothing, { ...payload, id: `${name}-${number}`, site }, lane)));
  }
}

/** Carries out everything that is there, one after the other, and tells in which order. */
async function drain(queue: TestQueue, count: number): Promise<string[]> {
  const given: CodeIssue[] = [];
  const { consumer } = queue.consume(async (job) => {
    given.push(job);
    return { verdict: 'done' };
  }, 1);
  await expect.poll(() => given.length, { timeout: 50_000 }).toBe(count);
  await consumer.stop(5_000);
  return idsOf(given);
}

describe('where many jobs wait', () => {
  test('10,000 of one site keep one of another waiting for as many as a short queue has, and not for the others', async () => {
    const queue = openQueue();
    await queueUp(queue, 'busy', 10_000);
    await queueUp(queue, 'quiet', 1);
    const order: string[] = [];
    const { consumer } = queue.consume(async ({ id }) => {
      order.push(id);
      return { verdict: 'done' };
    }, 1);
    await reaches(queue, 'completed', 'quiet-0.1');
    await consumer.stop(5_000);
    expect(order.indexOf('quiet-0')).toBeLessThanOrEqual(40);
  });

  test('a flood in all lanes of a site keeps another site waiting for one turn of each', async () => {
    const queue = openQueue();
    for (let lane = 0; lane < 16; lane += 1) await queueUp(queue, 'busy', 50, lane, `lane${lane}`);
    await queueUp(queue, 'quiet', 3);
    const order = await drain(queue, 803);
    const places = [0, 1, 2].map((number) => order.indexOf(`quiet-${number}`));
    expect(places[0]).toBeLessThan(32 + 1 * 17);
    expect(places[2]).toBeLessThan(32 + 3 * 17);
  });

  test('the mails of a site to one domain do not keep those to another waiting', async () => {
    const queue = openQueue();
    await queueUp(queue, 'busy', 300, 1, 'flood');
    await queueUp(queue, 'busy', 3, 2, 'other');
    const order = await drain(queue, 303);
    expect(order.indexOf('other-2')).toBeLessThan(32 + 3 * 2);
  });

  test('those of one flow go in the order they came in', async () => {
    const queue = openQueue();
    await queueUp(queue, 'busy', 200);
    await queueUp(queue, 'other', 100);
    const order = await drain(queue, 300);
    for (const site of ['busy', 'other']) {
      const numbers = order.filter((id) => id.startsWith(site)).map((id) => Number(id.split('-')[1]));
      expect(numbers).toEqual(numbers.toSorted((one, two) => one - two));
    }
  });

  test('turns are forgotten when none waits any more: who had many yesterday is not behind today', async () => {
    const queue = openQueue();
    await queueUp(queue, 'busy', 200);
    await drain(queue, 200);
    await queueUp(queue, 'quiet', 60, 0, 'second');
    await queueUp(queue, 'busy', 5, 0, 'third');
    const order = await drain(queue, 65);
    expect(order.indexOf('third-4')).toBeLessThan(32 + 5 * 2);
  });

  test('all of them are told as waiting', async () => {
    const queue = openQueue();
    await queueUp(queue, 'busy', 100);
    const { counts, oldestAgeSeconds } = await readQueue(queue.producer.queue, new Date(Date.now() + 60_000));
    expect(counts.waiting).toBe(100);
    expect(oldestAgeSeconds.waiting).toBeGreaterThanOrEqual(60);
  });

  test('the oldest is found behind younger ones, and one that was put off is not taken for it', async () => {
    const queue = openQueue();
    await queueUp(queue, 'busy', 200);
    const { producer } = queue;
    const front = await producer.queue.getJobs(['prioritized'], 0, 20, true);
    const make = (place: number, secondsOld: number, progress: object) =>
      queue.connect().hset(producer.queue.toKey(front[place]?.id ?? ''), { timestamp: Date.now() - secondsOld * 1000, progress: JSON.stringify(progress) });
    await make(10, 400, {});
    await make(11, 500, { deferred: 1, troubled: 0, reason: 'smtp_451' });
    const age = async () => (await readQueue(producer.queue, new Date())).oldestAgeSeconds.waiting;
    expect(Math.round((await age()) / 100)).toBe(4);
    await make(0, 600, { deferred: 1, troubled: 0, reason: 'smtp_451' });
    expect(Math.round((await age()) / 100)).toBe(6);
  });
});

test('a flood that was put off, and comes back at once, keeps a job of another site waiting for no more than a few', async () => {
  const queue = openQueue();
  const tried = new Map<string, number>();
  const done: string[] = [];
  let busy = true;
  const { errors } = queue.consume(async ({ id, site }) => {
    const tries = (tried.get(id) ?? 0) + 1;
    tried.set(id, tries);
    // Until all of the flood has been seen and put off, nothing comes back.
    if (site === 'busy' && tries === 1) return { verdict: 'later', reason: 'smtp_451', delayMs: busy ? 60_000 : 1, setback: 'deferred' };
    done.push(id);
    return { verdict: 'done' };
  }, 1);
  await queueUp(queue, 'busy', 500);
  await expect.poll(() => queue.producer.queue.getDelayedCount(), { timeout: 20_000 }).toBe(500);
  busy = false;
  await queue.producer.queue.pause();
  const delayed = await queue.producer.queue.getDelayed(0, 500);
  for (const job of delayed) await job.promote();
  await queueUp(queue, 'quiet', 1);
  await queue.producer.queue.resume();
  await expect.poll(() => done.length, { timeout: 30_000 }).toBe(501);
  expect(done.indexOf('quiet-0')).toBeLessThanOrEqual(40);
  expect(errors).toEqual([]);
  expect([...tried.values()].every((tries) => tries <= 2)).toBe(true);
});
