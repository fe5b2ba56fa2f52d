import { beforeEach, describe, expect, test } from 'vitest';
import { createDomain, type Domain } from '../../../../test/support/domain.ts';
import { DaypassError, refuse, type Refusal } from '../errors.ts';
import { createSites } from '../sites/sites.ts';
import type { CodeTicket } from './code-mail-order.ts';
import { createRequestCodeOnce, type BeginOnce } from './request-code-once.ts';

let domain: Domain;
let asked: number;
/** What was remembered, as the store keeps it: by name, fingerprint and answer. */
let kept: Map<string, { fingerprint: string; answer?: string }>;
let outcome: () => Promise<CodeTicket | Refusal>;

/** What the one in Redis promises, without waiting: test/integration/idempotency.test.ts has that one. */
const beginOnce: BeginOnce = async (name, fingerprint) => {
  const found = kept.get(name);
  if (found && found.fingerprint !== fingerprint) return { state: 'mismatch' };
  if (found?.answer !== undefined) return { state: 'answered', answer: found.answer };
  kept.set(name, { fingerprint });
  return {
    state: 'first',
    remember: async (answer) => void kept.set(name, { fingerprint, answer }),
    forget: async () => void kept.delete(name),
  };
};

beforeEach(() => {
  domain = createDomain();
  asked = 0;
  kept = new Map();
  outcome = async () => ({ ok: true, id: `challenge-${asked}`, site: domain.site, expiresInSeconds: 900, resendInSeconds: 60 });
});

function once(members: { email?: string; site?: string; key?: string; body?: string } = {}) {
  const { email = 'ada@example.com', site = 'default', key = 'key-1', body = `${email} ${site}` } = members;
  const requestCode = () => {
    asked += 1;
    return outcome();
  };
  return createRequestCodeOnce({ ...domain, beginOnce, requestCode })({ email, site, ip: '192.0.2.1' }, { key, body });
}

describe('a request that bears a name', () => {
  test('is taken once, and gets the same answer each time', async () => {
    const first = await once();
    expect(await once()).toEqual({ ...first, repeated: true });
    expect(asked).toBe(1);
  });

  test('is another one with another name, for another address or at another site', async () => {
    await once();
    await once({ key: 'key-2' });
    await once({ email: 'eve@example.com' });
    await once({ site: 'other' });
    expect(asked).toBe(4);
  });

  test('is the same however the address is written, as long as the request is', async () => {
    await once({ body: 'same' });
    expect(await once({ email: ' ADA@Example.COM', body: 'same' })).toMatchObject({ repeated: true });
  });

  test('that is another one under the same name is refused, and costs nothing', async () => {
    await once();
    expect(await once({ body: 'other' })).toEqual(refuse('idempotency_mismatch'));
    expect(asked).toBe(1);
  });

  test('is not remembered when it was refused, or not taken on', async () => {
    outcome = async () => refuse('too_many_requests');
    expect(await once()).toEqual(refuse('too_many_requests'));
    outcome = () => Promise.reject(new DaypassError('unavailable', 'the queue is away'));
    await expect(once()).rejects.toThrow('the queue is away');
    expect(kept.size).toBe(0);
  });

  test('gets the answer that was given when the site has changed since', async () => {
    const first = await once();
    domain.sites = createSites([{ ...domain.site, codeFormat: { alphabet: 'numeric', length: 6 }, codeTtlSeconds: 120 }]);
    expect(await once()).toMatchObject({ ...first, site: { codeFormat: domain.site.codeFormat }, expiresInSeconds: 900 });
  });

  test('keeps nothing that can be read but the answer', async () => {
    await once({ key: 'my-key', body: '{"email":"ada@example.com"}' });
    const [[name, { fingerprint, answer }] = ['', { fingerprint: '' }]] = kept;
    expect([name, fingerprint].every((digest) => /^[\w-]{43}$/.test(digest))).toBe(true);
    expect(answer).toBe('challenge-1.900.60.8.alphanumeric');
  });

  test('that says no address or no site is refused as it would be without a name', async () => {
    outcome = async () => refuse('address_invalid');
    for (const members of [{ email: 'nobody' }, { site: 'nowhere' }]) expect(await once(members)).toEqual(refuse('address_invalid'));
    expect(kept.size).toBe(0);
  });

  test('is not answered with what somebody else has written into the store', async () => {
    await once();
    for (const [name, entry] of kept) kept.set(name, { ...entry, answer: 'edited' });
    await expect(once()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
