import { test } from 'vitest';
import { faultCase, lasting } from '../../support/fault-case.ts';

test('Redis killed and restarted: what was accepted before is mailed after', () =>
  // While a slow disk syncs, `everysec` keeps what it has acknowledged in the process for up to 2 s.
  faultCase({ name: 'Redis killed', apis: 1, workers: 1, appendfsync: 'no' }, async ({ redis, books }) => {
    await redis.kill();
    await lasting(2_000);
    await redis.restart();
    books.faultEnded();
  }));
