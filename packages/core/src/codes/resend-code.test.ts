import { describe, expect, test } from 'vitest';
import { askForCode, at, createDomain, ip, mailCode, typeCode, wrongCode } from '../../../../test/support/domain.ts';
import { resendLimits } from '../limits/policy.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { createIssueCode } from './issue-code.ts';
import { createResendCode } from './resend-code.ts';

const refusal = (code: string) => ({ ok: false, code });

describe('a resend', () => {
  test('mails the same code to the same address, and does not extend its life', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain);
    domain.time = at(100);
    const ticket = await createResendCode(domain)({ id, ip });
    expect(ticket).toMatchObject({ ok: true, id, expiresInSeconds: 800, resendInSeconds: 60 });

    domain.time = at(110);
    expect(await createIssueCode(domain)(domain.orders[1] ?? missing())).toMatchObject({ outcome: 'sent' });
    expect(domain.mails[1]).toEqual({ ...domain.mails[0], send: 2 });
    expect(await domain.challenges.find(id)).toMatchObject({ sends: 2, sendsAccepted: 2, expiresAt: at(900) });
    expect(await typeCode(domain, { id, code })).toMatchObject({ ok: true });
  });

  test('spends the limits of the address and of the network', async () => {
    const domain = createDomain();
    const { id } = await mailCode(domain, 'Visitor@Example.com');
    domain.requests = [];
    await createResendCode(domain)({ id, ip });
    const digest = digestAddress(domain.indexKey, 'visitor@example.com');
    const limits = resendLimits(domain.indexKey, { site: domain.site, addressDigest: digest, ip });
    expect(domain.requests).toEqual([{ limits, spending: { now: domain.time } }]);
  });

  test('happens twice at most: three mails for a challenge in all', async () => {
    const domain = createDomain();
    const { id } = await mailCode(domain);
    for (const send of [2, 3]) {
      expect(await createResendCode(domain)({ id, ip })).toMatchObject({ ok: true });
      expect(domain.orders.at(-1)).toMatchObject({ id, send });
      await createIssueCode(domain)(domain.orders.at(-1) ?? missing());
    }
    domain.requests = [];
    const refused = await createResendCode(domain)({ id, ip });
    expect(refused).toMatchObject({ ...refusal('too_many_requests'), retryAfterSeconds: 900 });
    expect(domain.orders).toHaveLength(3);
    expect(domain.requests).toEqual([]);
  });

  test('while a mail is on its way is answered without a second one, and spends nothing', async () => {
    const domain = createDomain();
    const { id } = await askForCode(domain);
    domain.requests = [];
    domain.time = at(20);
    // Not opened yet, then opened and delayed.
    expect(await createResendCode(domain)({ id, ip })).toMatchObject({ ok: true, expiresInSeconds: 900, resendInSeconds: 40 });
    domain.handover = async () => ({ accepted: false, permanent: false, cause: 'mail', reason: 'smtp_451' });
    await createIssueCode(domain)(domain.orders[0] ?? missing());
    expect(await createResendCode(domain)({ id, ip })).toMatchObject({ ok: true, expiresInSeconds: 900, resendInSeconds: 40 });
    // The very same order: the queue has it, and takes it once.
    expect(domain.orders).toEqual([domain.orders[0], domain.orders[0]]);
    expect(domain.requests).toEqual([]);
  });

  test('orders the mail that an API took and did not live to order', async () => {
    const domain = createDomain();
    const { id } = await mailCode(domain);
    await domain.challenges.takeSend(id, 1, at(100));
    domain.time = at(110);
    expect(await createResendCode(domain)({ id, ip })).toMatchObject({ ok: true, expiresInSeconds: 790 });
    expect(domain.orders[1]).toEqual({ ...domain.orders[0], send: 2 });
    expect(await createIssueCode(domain)(domain.orders[1] ?? missing())).toMatchObject({ outcome: 'sent' });
  });

  test('is possible after the mail server refused the mail before', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = async () => ({ accepted: false, permanent: true, cause: 'mail', reason: 'smtp_550' });
    await createIssueCode(domain)(order);
    expect(await createResendCode(domain)({ id: order.id, ip })).toMatchObject({ ok: true });
    expect(domain.orders[1]).toEqual({ ...order, send: 2 });
  });
});

describe('a resend is refused', () => {
  test('when the code is used, expired or exhausted, in that order, and spends nothing', async () => {
    const domain = createDomain();
    const resend = (id: string) => createResendCode(domain)({ id, ip });
    const [used, exhausted] = [await mailCode(domain), await mailCode(domain)];
    await typeCode(domain, used);
    for (let guess = 0; guess < 5; guess += 1) {
      await typeCode(domain, { id: exhausted.id, code: wrongCode(exhausted.code) });
    }
    domain.requests = [];
    expect(await resend(used.id)).toMatchObject(refusal('code_used'));
    expect(await resend(exhausted.id)).toMatchObject(refusal('code_exhausted'));
    domain.time = at(900);
    expect(await resend(used.id)).toMatchObject(refusal('code_used'));
    expect(await resend(exhausted.id)).toMatchObject(refusal('code_expired'));
    expect(domain.requests).toEqual([]);
  });

  test('when the id is forged, or its mail was never sent in time', async () => {
    const domain = createDomain();
    const { id } = await askForCode(domain);
    expect(await createResendCode(domain)({ id: 'A'.repeat(52), ip })).toEqual(refusal('challenge_unknown'));
    domain.time = at(600);
    expect(await createResendCode(domain)({ id, ip })).toEqual(refusal('code_expired'));
  });

  test('by a limit, and takes no send then', async () => {
    const domain = createDomain();
    const { id } = await mailCode(domain);
    domain.requestVerdict = { verdict: 'refused', ok: false, name: 'address', retryAfterMs: 500 };
    const refused = { ...refusal('too_many_requests'), retryAfterSeconds: 1, limit: 'address' };
    expect(await createResendCode(domain)({ id, ip })).toEqual(refused);
    expect((await domain.challenges.find(id))?.sends).toBe(1);
  });
});

describe('when the queue does not take a resend', () => {
  const queueError = new Error('away');

  test.each([
    'accepted',
    'refused',
  ])('after a mail that was %s, the mail stays owed: asked again it is ordered, and costs nothing more', async (before) => {
    const domain = createDomain();
    if (before === 'refused') domain.handover = async () => ({ accepted: false, permanent: true, cause: 'mail', reason: 'smtp_550' });
    const { id } = await mailCode(domain);
    domain.queueError = queueError;
    await expect(createResendCode(domain)({ id, ip })).rejects.toBe(queueError);
    // The queue may have it all the same.
    expect(domain.refunds).toBe(0);
    expect(await domain.challenges.find(id)).toMatchObject({ sends: 2, delivery: 'queued' });

    domain.queueError = undefined;
    domain.requests = [];
    await createResendCode(domain)({ id, ip });
    expect(domain.orders.at(-1)).toMatchObject({ id, send: 2 });
    expect(domain.requests).toEqual([]);
  });
});

test('when the store does not take a resend its limits are given back', async () => {
  const domain = createDomain();
  const { id } = await mailCode(domain);
  const away = new Error('away');
  domain.challenges.takeSend = async () => Promise.reject(away);
  await expect(createResendCode(domain)({ id, ip })).rejects.toBe(away);
  expect(domain.refunds).toBe(1);
  expect(domain.orders).toHaveLength(1);
});

test('of two resends in one moment one mails, and the other is answered alike and pays nothing', async () => {
  const domain = createDomain();
  const { id } = await mailCode(domain);
  const resend = createResendCode(domain);
  const answers = await Promise.all([resend({ id, ip }), resend({ id, ip })]);
  expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
  expect(domain.orders.map(({ send }) => send)).toEqual([1, 2]);
  expect(domain.refunds).toBe(1);
});

function missing(): never {
  throw new Error('nothing was ordered');
}
