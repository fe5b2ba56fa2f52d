import { setTimeout as sleep } from 'node:timers/promises';
import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { expect, test } from 'vitest';
import { sampleCodeMail as mail } from '../../../../test/support/sample-code-mail.ts';
import { imitateHandovers } from './imitate-handovers.ts';

const accepted: Handover = { accepted: true };
const trouble: Handover = { accepted: false, permanent: false, cause: 'transport', reason: 'transport_econnrefused' };

/** A mail server that says what it is told to, and the mails that came to it. */
function scripted(replies: Handover[], takesMs = 0) {
  const mails: CodeMail[] = [];
  const watched = imitateHandovers(async (given) => {
    mails.push(given);
    await sleep(takesMs);
    return replies.shift() ?? accepted;
  });
  return { ...watched, mails };
}

test('a hand-over goes through as it is', async () => {
  const { handOver, mails } = scripted([trouble]);
  expect(await handOver(mail)).toBe(trouble);
  expect(await handOver(mail)).toEqual(accepted);
  expect(mails).toEqual([mail, mail]);
});

test('an imitated one goes nowhere, and takes about as long as those before it', async () => {
  const { handOver, imitateHandover, mails } = scripted([], 80);
  await handOver(mail);
  const started = performance.now();
  expect(await imitateHandover(mail)).toEqual(accepted);
  // A timer may be a millisecond early. Late it may be by as much as the machine is busy.
  expect(performance.now() - started).toBeGreaterThan(78);
  expect(mails).toHaveLength(1);
});

test('it takes as long as those to its domain, where there are some', async () => {
  const takesMs = new Map([['slow.example', 300]]);
  const to = (domain: string): CodeMail => ({ ...mail, envelope: { ...mail.envelope, address: `ada@${domain}` } });
  const { handOver, imitateHandover } = imitateHandovers(async ({ envelope }) => {
    await sleep(takesMs.get(envelope.address.split('@')[1] ?? '') ?? 0);
    return accepted;
  });
  await Promise.all(['slow.example', 'fast.example', 'fast.example', 'fast.example'].map((domain) => handOver(to(domain))));
  const imitated = async (domain: string) => {
    const started = performance.now();
    await imitateHandover(to(domain));
    return performance.now() - started;
  };
  for (let each = 0; each < 5; each += 1) expect(await imitated('SLOW.example')).toBeGreaterThan(298);
  // Of which one in four is slow: fifty are not.
  const ofOthers = await Promise.all(Array.from({ length: 50 }, () => imitated('new.example')));
  expect(Math.min(...ofOthers)).toBeLessThan(298);
});

test('it is accepted where there has been no hand-over yet', async () => {
  expect(await scripted([]).imitateHandover(mail)).toEqual(accepted);
});

test('while the mail server gives trouble it is in the same, and no longer than that', async () => {
  const { handOver, imitateHandover } = scripted([accepted, trouble, accepted]);
  await handOver(mail);
  await handOver(mail);
  expect(await imitateHandover(mail)).toEqual(trouble);
  await handOver(mail);
  expect(await imitateHandover(mail)).toEqual(accepted);
});

test.each([
  { accepted: false, permanent: true, cause: 'mail', reason: 'smtp_550' },
  { accepted: false, permanent: false, cause: 'mail', reason: 'smtp_451' },
] as const)('what the server says of one mail is not imitated: $reason', async (reply) => {
  const { handOver, imitateHandover } = scripted([reply]);
  await handOver(mail);
  expect(await imitateHandover(mail)).toEqual(accepted);
});
