import { describe, expect, test } from 'vitest';
import { at, createDomain, ip, type Domain } from '../../../../test/support/domain.ts';
import { solvePuzzle } from '../../../../test/support/solve-puzzle.ts';
import { makeDeviceToken } from '../access/device-token.ts';
import { openChallengeId } from '../keys/challenge-id.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { requestLimits } from '../limits/policy.ts';
import { openCode } from './code-envelope.ts';
import { normalizeCode } from './code-format.ts';
import { createRequestCode } from './request-code.ts';

const email = 'Ada.Visitor@Example.com';

describe('a request for a code', () => {
  test('orders one mail, its contents sealed to the challenge, and tells the visitor what to expect', async () => {
    const domain = createDomain();
    const ticket = await createRequestCode(domain)({ site: 'default', email, ip, locale: 'fr-CA' });
    const [order] = domain.orders;
    if (!ticket.ok || !order) throw new Error('refused');
    expect(ticket).toMatchObject({ site: { id: 'default' }, expiresInSeconds: 900, resendInSeconds: 60 });
    expect(order).toMatchObject({ id: ticket.id, site: 'default', send: 1 });
    expect(openChallengeId(domain.indexKey, ticket.id)?.issuedAt).toEqual(domain.time);

    const bound = { site: 'default', id: ticket.id, issuedAt: domain.time };
    const contents = openCode(domain.sealingKeys, bound, order.envelope);
    expect(contents).toMatchObject({ address: 'Ada.Visitor@example.com', locale: 'fr-CA' });
    expect(normalizeCode(domain.site.codeFormat, contents?.code ?? '')).toBe(contents?.code);
  });

  test('puts nothing readable into the order', async () => {
    const domain = createDomain();
    await createRequestCode(domain)({ site: 'default', email, ip, locale: 'fr-CA' });
    const text = JSON.stringify(domain.orders);
    const decoded = Object.values(domain.orders[0] ?? {}).map((value) => Buffer.from(String(value), 'base64url').toString('latin1'));
    // Nothing so short that chance writes it into a sealed text.
    for (const secret of ['ada.visitor', 'visitor', 'example', 'fr-ca', ip]) {
      expect((text + decoded.join()).toLowerCase()).not.toContain(secret);
    }
  });

  test('spends the limits of the address, by its key, and of the network, together', async () => {
    const domain = createDomain();
    await createRequestCode(domain)({ site: 'default', email, ip });
    const digest = digestAddress(domain.indexKey, email.toLowerCase());
    const limits = requestLimits(domain.indexKey, { site: domain.site, addressDigest: digest, ip });
    expect(domain.requests).toEqual([{ limits, spending: { now: domain.time } }]);
    expect(domain.refunds).toBe(0);
  });

  test('has another id, code and envelope each time', async () => {
    const domain = createDomain();
    const requestCode = createRequestCode(domain);
    for (let round = 0; round < 20; round += 1) await requestCode({ site: 'default', email, ip });
    expect(new Set(domain.orders.map(({ id }) => id)).size).toBe(20);
    expect(new Set(domain.orders.map(({ envelope }) => envelope)).size).toBe(20);
  });
});

describe('a request that is refused', () => {
  test('for a site that is not there says so first, and spends nothing', async () => {
    const domain = createDomain();
    const refused = await createRequestCode(domain)({ site: 'nowhere', email: 'no address', ip });
    expect(refused).toMatchObject({ ok: false, code: 'site_unknown' });
    expect([domain.requests, domain.orders]).toEqual([[], []]);
  });

  test('for what is no address spends nothing', async () => {
    const domain = createDomain();
    const refused = await createRequestCode(domain)({ site: 'default', email: 'x@a\r\nBcc: e@b', ip });
    expect(refused).toMatchObject({ ok: false, code: 'address_invalid' });
    expect(JSON.stringify(refused)).not.toContain('Bcc');
    expect([domain.requests, domain.orders]).toEqual([[], []]);
  });

  test('by a limit says when to come back, in whole seconds, never too early, and which window is full', async () => {
    const domain = createDomain();
    const window = { max: 5, windowMs: 3_600_000 };
    domain.requestVerdict = { verdict: 'refused', ok: false, name: 'address', window, retryAfterMs: 1_001 };
    const refused = await createRequestCode(domain)({ site: 'default', email, ip });
    expect(refused).toEqual({
      ok: false,
      code: 'too_many_requests',
      retryAfterSeconds: 2,
      limit: 'address',
      quotas: [{ policy: 'address', max: 5, windowSeconds: 3_600, left: 0, resetSeconds: 2 }],
    });
    expect(domain.orders).toEqual([]);
  });
});

describe('what a request brings along', () => {
  const digestIn = (domain: Domain) => digestAddress(domain.indexKey, email.toLowerCase());
  const spendingOf = (domain: Domain) => domain.requests[0]?.spending;

  test('a token of a known browser of this address counts from when it was issued', async () => {
    const domain = createDomain();
    const device = makeDeviceToken(domain.indexKey, digestIn(domain), at(-60), domain.randomBytes);
    await createRequestCode(domain)({ site: 'default', email, ip, device });
    expect(spendingOf(domain)).toEqual({ now: domain.time, device: { issuedAt: at(-60), visitor: expect.any(String) } });
  });

  test('one of another address makes a stranger, and so does what is none', async () => {
    for (const forged of ['another', '']) {
      const domain = createDomain();
      const device = forged && makeDeviceToken(domain.indexKey, forged, at(-60), domain.randomBytes);
      expect(await createRequestCode(domain)({ site: 'default', email, ip, device })).toMatchObject({ ok: true });
      expect(spendingOf(domain)).toEqual({ now: domain.time });
    }
  });

  const wanted = { verdict: 'proof wanted' as const, requests: 0, wrongCodes: 0, network: { used: 31, relaxesInMs: 60_000 } };

  test('a solved puzzle lets it through, and is handed to the limits to be used up', async () => {
    const domain = createDomain();
    domain.requestVerdict = wanted;
    const asked = await createRequestCode(domain)({ site: 'default', email, ip });
    if (asked.ok || !asked.puzzle) throw new Error('no puzzle');
    expect(asked).toMatchObject({ code: 'proof_required', quotas: [{ policy: 'network', left: 269 }] });
    expect(asked).not.toHaveProperty('proofFault');
    expect(domain.orders).toEqual([]);

    domain.requestVerdict = undefined;
    const proof = await solvePuzzle(asked.puzzle);
    expect(await createRequestCode(domain)({ site: 'default', email, ip, proof })).toMatchObject({ ok: true });
    expect(spendingOf(domain)).toEqual({ now: domain.time, solved: asked.puzzle.parameters.nonce });

    // The limits say that it was used before.
    domain.requestVerdict = wanted;
    expect(await createRequestCode(domain)({ site: 'default', email, ip, proof })).toMatchObject({ code: 'proof_required', proofFault: 'used' });
  });

  test('what solves nothing is no proof, and a new puzzle is given', async () => {
    const domain = createDomain();
    domain.requestVerdict = wanted;
    const refused = await createRequestCode(domain)({ site: 'default', email, ip, proof: 'nothing' });
    expect(refused).toMatchObject({ code: 'proof_required', proofFault: 'invalid', puzzle: { signature: expect.any(String) } });
  });
});

test('when limits and queue cannot be asked, the caller hears of it', async () => {
  const domain = createDomain();
  domain.queueError = Object.assign(new Error('away'), { code: 'unavailable' });
  await expect(createRequestCode(domain)({ site: 'default', email, ip })).rejects.toBe(domain.queueError);
});
