import { expect, test } from 'vitest';
import { faultCase, lasting } from '../support/fault-case.ts';

test('no mail server for 30 s: every mail waits, and goes out', () =>
  faultCase({ name: 'SMTP away 30 s' }, async ({ smtp, books }) => {
    smtp.set({ mode: 'refuse' });
    await lasting(30_000);
    smtp.set({ mode: 'pass' });
    books.faultEnded();
  }));

test.each([
  { phase: 'greeting' },
  { phase: 'EHLO', at: /^EHLO/ },
  { phase: 'MAIL', at: /^MAIL FROM/m },
  { phase: 'RCPT', at: /^RCPT TO/m },
  { phase: 'DATA', at: /^DATA\r\n/m },
  // The server has the mail, and never says so.
  { phase: 'end of data', at: /(^|\n)\.\r\n$/, delivered: true },
])('a mail server that falls silent for good at $phase: the worker gives up on it and tries again', ({ phase, ...where }) =>
  faultCase({ name: `SMTP silent at ${phase}`, duplicates: ({ smtp }) => ('delivered' in where ? smtp.struck() : 0) }, async ({ smtp, books }) => {
    smtp.set({ mode: 'cut' }); // So that they greet again.
    smtp.set({ mode: 'freeze', ...where });
    await lasting(6_000);
    smtp.set({ mode: 'pass' });
    books.faultEnded();
    expect(smtp.struck()).toBeGreaterThan(0);
  }),
);
