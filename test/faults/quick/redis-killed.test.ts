import { test } from 'vitest';
import { faultCase, lasting } from '../../support/fault-case.ts';

test('Redis killed and restarted: what was accepted before is mailed after', () =>
  faultCase({ name: 'Redis killed' }, async ({ redis, books }) => {
    await redis.kill();
    await lasting(3_000);
    await redis.restart();
    books.faultEnded();
  }));
