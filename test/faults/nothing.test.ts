import { test } from 'vitest';
import { faultCase, lasting } from '../support/fault-case.ts';

// What the other rows are compared with.
test('without a fault nobody waits for long, is refused or gets a mail twice', () =>
  faultCase(
    {
      name: 'nothing',
      none: ['duplicates', 'used unheard', '503s', 'unanswered', 'turned away', 'unannounced'],
      withinSeconds: 15,
    },
    async ({ books }) => {
      await lasting(5_000);
      books.faultEnded();
    },
  ));
