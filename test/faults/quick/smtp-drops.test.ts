import { test } from 'vitest';
import { faultCase, lasting } from '../../support/fault-case.ts';

test('a mail server that accepts and drops the line: the mail comes again, with the same code', () =>
  faultCase({ name: 'SMTP drops after DATA', apis: 1, workers: 1, duplicates: 200 }, async ({ smtp, books }) => {
    smtp.set({ mode: 'cut', at: /(^|\n)\.\r\n$/, delivered: true });
    await lasting(2_000);
    smtp.set({ mode: 'pass' });
    books.faultEnded();
  }));
