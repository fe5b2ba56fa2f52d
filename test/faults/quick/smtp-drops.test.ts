import { expect, test } from 'vitest';
import { faultCase, lasting } from '../../support/fault-case.ts';

const name = 'SMTP drops after DATA';

test('a mail server that accepts and drops the line: the mail comes again, with the same code', () =>
  // A mail comes once more for each time that its acceptance was not heard; less, where the code was used by then.
  faultCase({ name, apis: 1, workers: 1, duplicates: ({ smtp }) => smtp.struck() }, async ({ smtp, books }) => {
    smtp.set({ mode: 'cut', at: /(^|\n)\.\r\n$/, delivered: true });
    await lasting(2_000);
    smtp.set({ mode: 'pass' });
    books.faultEnded();
    expect(smtp.struck()).toBeGreaterThan(0);
  }));
