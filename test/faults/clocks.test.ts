import { expect, test } from 'vitest';
import { faultCase, lasting } from '../support/fault-case.ts';
import { preload } from '../support/preload.ts';

const clock = (seconds: number) => preload('shift-clock', { CLOCK_SHIFT_MS: String(seconds * 1_000) });

test.each([
  { process: 'api', seconds: 90 },
  { process: 'api', seconds: -90 },
  { process: 'mailer-worker', seconds: 90 },
  { process: 'mailer-worker', seconds: -90 },
] as const)('the clock of one $process is $seconds s off: nobody notices', ({ process, seconds }) =>
  faultCase(
    { name: `${process} clock ${seconds} s`, apis: process === 'api' ? 1 : 2, workers: process === 'api' ? 2 : 1 },
    async (fire) => {
      await fire.start(process, clock(seconds));
      fire.books.faultEnded();
      await lasting(10_000);
    },
  ),
);

test('a sweeper whose clock is ahead deletes nothing that is still alive', () =>
  faultCase({ name: 'sweeper clock 90 s' }, async (fire) => {
    // As close to their end as it gets.
    const challenges = fire.system.mongo.collection<{ _id: string; purgeAt: Date }>('challenges');
    await expect.poll(() => challenges.countDocuments({})).toBeGreaterThan(10);
    await challenges.updateMany({}, { $set: { purgeAt: new Date(Date.now() + 80_000) } });
    const sweeper = await fire.start('sweeper', clock(90));
    await expect.poll(() => sweeper.output.some((line) => line.includes('sweeper runs'))).toBe(true);
    await lasting(3_000);
    fire.books.faultEnded();
  }));
