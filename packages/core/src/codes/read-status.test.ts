import { expect, test } from 'vitest';
import { askForCode, at, createDomain, mailCode, typeCode, wrongCode, type Domain } from '../../../../test/support/domain.ts';
import { createIssueCode } from './issue-code.ts';
import { createReadStatus } from './read-status.ts';
import { createResendCode } from './resend-code.ts';

const statusAt = (domain: Domain, id: string, seconds: number) => {
  domain.time = at(seconds);
  return createReadStatus(domain)(id);
};

test('a code that waits in the queue is queued, and its life does not tick', async () => {
  const domain = createDomain();
  const { id } = await askForCode(domain);
  const waiting = { ok: true, id, delivery: 'queued', expiresInSeconds: 900, attemptsLeft: 5 };
  expect(await statusAt(domain, id, 0)).toEqual({ ...waiting, resendInSeconds: 60 });
  expect(await statusAt(domain, id, 59.5)).toEqual({ ...waiting, resendInSeconds: 1 });
  expect(await statusAt(domain, id, 599)).toEqual({ ...waiting, resendInSeconds: 0 });
});

test('a code that nobody mailed in time is refused and dead', async () => {
  const domain = createDomain();
  const { id } = await askForCode(domain);
  expect(await statusAt(domain, id, 600)).toMatchObject({ delivery: 'refused', expiresInSeconds: 0 });
});

test('a code whose mail was accepted counts down from then to nothing', async () => {
  const domain = createDomain();
  const order = await askForCode(domain);
  domain.time = at(100);
  await createIssueCode(domain)(order);
  expect(await statusAt(domain, order.id, 100)).toMatchObject({ delivery: 'sent', expiresInSeconds: 900 });
  expect(await statusAt(domain, order.id, 999.9)).toMatchObject({ delivery: 'sent', expiresInSeconds: 1 });
  expect(await statusAt(domain, order.id, 5_000)).toMatchObject({ delivery: 'sent', expiresInSeconds: 0 });
});

test.each([
  { permanent: false, delivery: 'delayed' },
  { permanent: true, delivery: 'refused' },
])('a mail that is not accepted is told as $delivery, and its code does not tick', async ({ permanent, delivery }) => {
  const domain = createDomain();
  const order = await askForCode(domain);
  domain.handover = async () => ({ accepted: false, permanent, cause: 'mail', reason: 'smtp' });
  await createIssueCode(domain)(order);
  expect(await statusAt(domain, order.id, 300)).toMatchObject({ delivery, expiresInSeconds: 900 });
});

test('a resend is told as queued, and counts the pause anew', async () => {
  const domain = createDomain();
  const { id } = await mailCode(domain);
  domain.time = at(100);
  await createResendCode(domain)({ id, ip: '192.0.2.1' });
  expect(await statusAt(domain, id, 110)).toMatchObject({ delivery: 'queued', expiresInSeconds: 790, resendInSeconds: 50 });
});

test('guesses are counted, and a used code is worth nothing', async () => {
  const domain = createDomain();
  const { id, code } = await mailCode(domain);
  await typeCode(domain, { id, code: wrongCode(code) });
  expect(await statusAt(domain, id, 1)).toMatchObject({ attemptsLeft: 4, expiresInSeconds: 899 });
  await typeCode(domain, { id, code });
  expect(await statusAt(domain, id, 2)).toMatchObject({ attemptsLeft: 3, expiresInSeconds: 0 });
});

test('a forged id is unknown, and nothing is looked up for it', async () => {
  const domain = createDomain();
  const challenges = { ...domain.challenges, find: () => Promise.reject(new Error('looked up')) };
  expect(await createReadStatus({ ...domain, challenges })('A'.repeat(52))).toEqual({ ok: false, code: 'challenge_unknown' });
});

test('a status says nothing of the address', async () => {
  const domain = createDomain();
  const { id } = await mailCode(domain, 'visitor@example.com');
  expect(Object.keys(await statusAt(domain, id, 1)).toSorted()).toEqual(
    ['attemptsLeft', 'delivery', 'expiresInSeconds', 'id', 'ok', 'resendInSeconds'].toSorted(),
  );
});
