import { describe, expect, test } from 'vitest';
import { askForCode, at, createDomain, ip, mailCode, typeCode, wrongCode, type Domain } from '../../../../test/support/domain.ts';
import { siteTagOf, makeChallengeId } from '../keys/challenge-id.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { verifyLimit, wrongCode as wrongCodeOf } from '../limits/policy.ts';
import { createSites } from '../sites/sites.ts';
import type { Challenge, ChallengeStore } from './challenge.ts';

const refusal = (code: string, members = {}) => ({ ok: false, code, ...members });

async function useUpAttempts(domain: Domain, id: string, code: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) await typeCode(domain, { id, code: wrongCode(code) });
}

describe('the right code', () => {
  test('proves the address that it was mailed to, and says when the mail was accepted', async () => {
    const domain = createDomain();
    domain.time = at(10);
    const { id, code } = await mailCode(domain, 'Ada@Example.com');
    domain.time = at(70);
    expect(await typeCode(domain, { id, code: ` ${code.toLowerCase()} ` })).toEqual({
      ok: true,
      site: domain.site,
      addressDigest: digestAddress(domain.indexKey, 'ada@example.com'),
      acceptedAt: at(10),
    });
  });

  test('names the address where the site wants it in its passes', async () => {
    const domain = createDomain();
    const mailed = await mailCode(domain, 'Ada@Example.com', 'other');
    expect(await typeCode(domain, mailed)).toMatchObject({ email: 'Ada@example.com' });
  });

  test('works before the mail server has said that it accepted the mail', async () => {
    const domain = createDomain();
    domain.handover = () => Promise.reject(new Error('broke after the end of DATA'));
    await expect(mailCode(domain)).rejects.toThrow('broke');
    const [mail] = domain.mails;
    expect(await typeCode(domain, { id: mail?.id ?? '', code: mail?.envelope.code ?? '' })).toMatchObject({ ok: true });
  });

  test('works with the fifth guess, and leaves nothing of the address behind', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain);
    for (let attemptsLeft = 4; attemptsLeft >= 1; attemptsLeft -= 1) {
      expect(await typeCode(domain, { id, code: wrongCode(code) })).toEqual(refusal('code_rejected', { attemptsLeft }));
    }
    expect(await typeCode(domain, { id, code })).toMatchObject({ ok: true });
    expect(await domain.challenges.find(id)).not.toHaveProperty('envelope');
  });
});

describe('what is refused', () => {
  test('is called used before expired, expired before exhausted, exhausted before wrong', async () => {
    const domain = createDomain();
    const verifyCode = (typed: Parameters<typeof typeCode>[1]) => typeCode(domain, typed);
    const used = await mailCode(domain);
    const exhausted = await mailCode(domain);
    const fresh = await mailCode(domain);
    await verifyCode(used);
    await useUpAttempts(domain, exhausted.id, exhausted.code);

    expect(await verifyCode(used)).toEqual(refusal('code_used'));
    expect(await verifyCode({ ...used, code: wrongCode(used.code) })).toEqual(refusal('code_used'));
    expect(await verifyCode(exhausted)).toEqual(refusal('code_exhausted'));
    expect(await verifyCode({ ...fresh, code: wrongCode(fresh.code) })).toEqual(refusal('code_rejected', { attemptsLeft: 4 }));

    domain.time = at(900);
    expect(await verifyCode(used)).toEqual(refusal('code_used'));
    expect(await verifyCode(exhausted)).toEqual(refusal('code_expired'));
    expect(await verifyCode(fresh)).toEqual(refusal('code_expired'));
  });

  test('a code is good in the last millisecond of its life and dead in the next', async () => {
    const domain = createDomain();
    const [one, two] = [await mailCode(domain), await mailCode(domain)];
    domain.time = new Date(at(900).getTime() - 1);
    expect(await typeCode(domain, one)).toMatchObject({ ok: true });
    domain.time = at(900);
    expect(await typeCode(domain, two)).toEqual(refusal('code_expired'));
  });

  test('what cannot be a code counts as a guess too', async () => {
    const domain = createDomain();
    const { id } = await mailCode(domain);
    for (const [index, code] of ['', '1', '!'.repeat(8), 'x'.repeat(100)].entries()) {
      expect(await typeCode(domain, { id, code })).toEqual(refusal('code_rejected', { attemptsLeft: 4 - index }));
    }
  });

  test('the code of one challenge does not open another of the same address', async () => {
    const domain = createDomain();
    const [one, two] = [await mailCode(domain), await mailCode(domain)];
    expect(await typeCode(domain, { id: one.id, code: two.code })).toEqual(refusal('code_rejected', { attemptsLeft: 4 }));
  });

  test('a genuine id without a document takes guesses while it may still come, and is expired afterwards', async () => {
    const domain = createDomain();
    const { id } = await askForCode(domain);
    expect(await typeCode(domain, { id, code: 'ABCDEFGH' })).toEqual(refusal('code_rejected', { attemptsLeft: 5 }));
    domain.time = at(1_500);
    expect(await typeCode(domain, { id, code: 'ABCDEFGH' })).toEqual(refusal('code_expired'));
  });

  test('a forged id is unknown, and so is one of a site that is gone', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain);
    const forged = `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`;
    const elsewhere = makeChallengeId(domain.indexKey, siteTagOf('gone'), domain.time, domain.randomBytes);
    for (const unknown of [forged, elsewhere, '']) {
      expect(await typeCode(domain, { id: unknown, code })).toEqual(refusal('challenge_unknown'));
    }
    const sites = createSites([domain.otherSite]);
    expect(await typeCode({ ...domain, sites }, { id, code })).toEqual(refusal('challenge_unknown'));
  });
});

describe('around it', () => {
  test('the network pays first: when it has no more, nothing is compared', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain);
    domain.refusal = { ok: false, name: 'network-verify', retryAfterMs: 1_000 };
    expect(await typeCode(domain, { id, code })).toEqual({ ok: false, code: 'too_many_requests', retryAfterSeconds: 1, limit: 'network-verify' });
    domain.refusal = undefined;
    domain.spent = [];
    expect(await typeCode(domain, { id, code })).toMatchObject({ ok: true });
    expect(domain.spent).toEqual([[verifyLimit(domain.indexKey, ip, domain.site.limits.networkVerifiesPer5Minutes)]]);
  });

  test('a wrong code is a failure of its address and of the site, a right one forgets those of the address', async () => {
    const domain = createDomain();
    const addressDigest = digestAddress(domain.indexKey, 'visitor@example.com');
    const { id, code } = await mailCode(domain);
    await typeCode(domain, { id, code: wrongCode(code) });
    expect(domain.wrongCodes).toEqual([wrongCodeOf(domain.site, addressDigest)]);
    expect(domain.forgotten).toEqual([]);
    await typeCode(domain, { id, code });
    expect(domain.forgotten).toEqual([addressDigest]);
    expect(domain.wrongCodes).toHaveLength(1);
  });

  test('a wrong code that cannot be counted is not answered', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain);
    const countWrongCode = () => Promise.reject(new Error('away'));
    await expect(typeCode({ ...domain, countWrongCode }, { id, code: wrongCode(code) })).rejects.toThrow('away');
    expect((await domain.challenges.find(id))?.attempts).toBe(1);
  });

  test('what is used, expired, exhausted, unknown or not there yet is no failure', async () => {
    const domain = createDomain();
    const [used, exhausted] = [await mailCode(domain), await mailCode(domain)];
    const unopened = await askForCode(domain);
    await typeCode(domain, used);
    await useUpAttempts(domain, exhausted.id, exhausted.code);
    domain.wrongCodes = [];
    await typeCode(domain, { id: used.id, code: wrongCode(used.code) });
    await typeCode(domain, { id: exhausted.id, code: wrongCode(exhausted.code) });
    await typeCode(domain, { id: unopened.id, code: 'ABCDEFGH' });
    await typeCode(domain, { id: 'unknown', code: 'ABCDEFGH' });
    expect(domain.wrongCodes).toEqual([]);
  });
});

describe('a challenge that was edited in the database proves nothing', () => {
  const edits: [string, (domain: Domain) => Partial<Challenge> | Promise<Partial<Challenge>>][] = [
    ['the digest of another address', ({ indexKey }) => ({ addressDigest: digestAddress(indexKey, 'victim@example.com') })],
    ['the seal of another challenge', async (domain) => ({ envelope: (await askForCode(domain, 'victim@example.com')).envelope })],
    ['what is no seal', () => ({ envelope: 'AAAA' })],
  ];
  test.each(edits)('%s', async (_what, edit) => {
    const domain = createDomain();
    const mailed = await mailCode(domain);
    const edited = await edit(domain);
    const spend: ChallengeStore['spend'] = async (...given) => {
      const before = await domain.challenges.spend(...given);
      return before && { ...before, ...edited };
    };
    const challenges = { ...domain.challenges, spend };
    expect(await typeCode({ ...domain, challenges }, mailed)).toMatchObject(refusal('code_rejected'));
  });
});
