import { test } from 'vitest';
import { faultCase, lasting } from '../../support/fault-case.ts';

test('Redis killed and restarted: what was accepted before is mailed after', () =>
  faultCase({ name: 'Redis killed', apis: 1, workers: 1 }, async ({ redis, books }) => {
    await redis.kill();
    await lasting(2_000);
    await redis.restart();
    books.faultEnded();
  }));
