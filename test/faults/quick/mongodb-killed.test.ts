import { test } from 'vitest';
import { faultCase, lasting } from '../../support/fault-case.ts';

test('MongoDB killed and restarted: requests are taken all the while, and every mail goes out', () =>
  // Whatever one worker has in hand may be mailed again, if MongoDB went before it heard that a mail was accepted.
  faultCase({ name: 'MongoDB killed', apis: 1, workers: 1, duplicates: 12, none: ['not taken'] }, async ({ mongo, books }) => {
    await mongo.kill();
    await lasting(2_000);
    await mongo.restart();
    books.faultEnded();
  }));
