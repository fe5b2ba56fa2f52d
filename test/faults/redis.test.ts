import { expect, test } from 'vitest';
import { faultCase, lasting } from '../support/fault-case.ts';

test('Redis killed five times in a row', () =>
  faultCase({ name: 'Redis killed 5 times', sweepers: 1, duplicates: 20 }, async ({ redis, books }) => {
    for (let kills = 0; kills < 5; kills += 1) {
      await redis.kill();
      await lasting(500 * kills);
      await redis.restart();
      books.faultEnded();
      await expect.poll(() => books.recovered(), { timeout: 60_000 }).toBe(true);
    }
  }));

test('Redis silent for 14 s, and then there as if nothing had been', () =>
  faultCase({ name: 'Redis stalled 14 s', sweepers: 1, duplicates: 20 }, async ({ redis, books }) => {
    redis.way.set({ mode: 'stall' });
    await lasting(14_000);
    redis.way.set({ mode: 'pass' });
    books.faultEnded();
  }));

test('connections to Redis that a firewall forgot: nobody hangs on to them', () =>
  faultCase({ name: 'Redis connections forgotten', sweepers: 1, duplicates: 20 }, async ({ redis, books }) => {
    redis.way.set({ mode: 'freeze' });
    redis.way.set({ mode: 'pass' });
    books.faultEnded();
  }));

// What only this shows: that a 202 waits for the queue.
test.each([
  { name: 'Redis lost before the job', delivered: false },
  { name: 'Redis lost after the job', delivered: true },
])('$name is there, and after the limits are spent: no 202 without a job', ({ name, delivered }) =>
  faultCase({ name }, async ({ redis, books }) => {
    redis.way.set({ mode: 'cut', at: /"envelope":/, delivered });
    await lasting(3_000);
    redis.way.set({ mode: 'pass' });
    books.faultEnded();
    expect(redis.way.struck()).toBeGreaterThan(0);
  }),
);

test('Redis gone at boot', () =>
  faultCase({ name: 'Redis gone at boot', apis: 0, workers: 0 }, async (fire) => {
    await fire.redis.kill();
    // A sweeper says that it runs only when it has something to sweep.
    const sweeper = fire.start('sweeper');
    await Promise.all([fire.start('api'), fire.start('mailer-worker'), fire.start('mailer-worker')]);
    await lasting(3_000);
    await fire.redis.restart();
    fire.books.faultEnded();
    await sweeper;
  }));
