import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { askForCode, at, createDomain, typeCode, wrongCode, type Domain } from '../../../../test/support/domain.ts';
import { makeChallengeId, siteTagOf } from '../keys/challenge-id.ts';
import { parseIndexKey } from '../keys/index-key.ts';
import { parseSealingKeys } from '../keys/sealing-keys.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { createIssueCode, type Handover } from './issue-code.ts';

const delivery = async (domain: Domain, id: string) => (await domain.challenges.find(id))?.delivery;

describe('an order for a mail', () => {
  test('opens the challenge, hands the mail over and records the acceptance', async () => {
    const domain = createDomain();
    const order = await askForCode(domain, 'Visitor@Example.com');
    domain.time = at(30);
    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'sent', latencySeconds: 30 });

    expect(domain.mails).toHaveLength(1);
    expect(domain.mails[0]).toMatchObject({ id: order.id, send: 1, issuedAt: at(0), envelope: { address: 'Visitor@example.com' } });
    expect(await domain.challenges.find(order.id)).toMatchObject({
      delivery: 'sent',
      addressDigest: digestAddress(domain.indexKey, 'visitor@example.com'),
      sendsAccepted: 1,
      expiresAt: at(30 + 900), // From the acceptance on.
      purgeAt: at(600 + 900), // Patience and lifetime from the time of issue.
    });
    expect(domain.leases.size).toBe(0);
  });

  test('keeps nothing readable of address or code', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    await createIssueCode(domain)(order);
    const { address = '', code = '' } = domain.mails[0]?.envelope ?? {};
    const kept = JSON.stringify(await domain.challenges.find(order.id)).toLowerCase();
    expect(kept).not.toContain(address.toLowerCase());
    expect(kept).not.toContain(code.toLowerCase());
  });

  test('run again mails nothing and changes nothing', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    await createIssueCode(domain)(order);
    const before = await domain.challenges.find(order.id);
    domain.time = at(60);
    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'settled', reason: 'already_sent' });
    expect(domain.mails).toHaveLength(1);
    expect(await domain.challenges.find(order.id)).toEqual(before);
  });

  test('mails the same code when it is run again after the mail server refused for now', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = async () => ({ accepted: false, permanent: false, cause: 'mail', reason: 'smtp_451' });
    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'delayed', reason: 'smtp_451', cause: 'mail', secondsLeft: 600 });
    expect(await delivery(domain, order.id)).toBe('delayed');
    domain.handover = async () => ({ accepted: true });
    expect(await createIssueCode(domain)(order)).toMatchObject({ outcome: 'sent' });
    expect(domain.mails[1]).toEqual(domain.mails[0]);
  });

  test('is lost when the mail server refuses for good', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = async () => ({ accepted: false, permanent: true, cause: 'mail', reason: 'smtp_550' });
    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'lost', reason: 'smtp_550' });
    expect(await delivery(domain, order.id)).toBe('refused');
  });

  test('never gives a code a life beyond the time at which the challenge is purged', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = async (): Promise<Handover> => {
      domain.time = at(601); // The mail server took its time.
      return { accepted: true };
    };
    domain.time = at(599);
    await createIssueCode(domain)(order);
    expect((await domain.challenges.find(order.id))?.expiresAt).toEqual(at(1_500));
  });
});

describe('an order that comes late', () => {
  test('is still carried out at the last moment of the patience', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.time = at(600);
    expect(await createIssueCode(domain)(order)).toMatchObject({ outcome: 'sent' });
  });

  test('is dropped after it, by the time inside the id, and mails nothing', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.time = new Date(at(600).getTime() + 1);
    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'lost', reason: 'stale' });
    expect(domain.mails).toEqual([]);
  });

  test('is told as refused when an earlier try had opened the challenge', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = async () => ({ accepted: false, permanent: false, cause: 'mail', reason: 'smtp_451' });
    await createIssueCode(domain)(order);
    domain.time = at(601);
    await createIssueCode(domain)(order);
    expect(await delivery(domain, order.id)).toBe('refused');
  });

  test('mails nothing once the code is used', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = () => Promise.reject(new Error('the connection broke after the mail server had accepted'));
    await expect(createIssueCode(domain)(order)).rejects.toThrow('broke');
    const code = domain.mails[0]?.envelope.code ?? '';
    expect(await typeCode(domain, { id: order.id, code })).toMatchObject({ ok: true });

    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'settled', reason: 'used' });
    expect(domain.mails).toHaveLength(1);
  });

  test('does not bring an expired code back', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    await createIssueCode(domain)(order);
    domain.time = at(900);
    expect(await createIssueCode(domain)({ ...order, send: 2 })).toEqual({ outcome: 'settled', reason: 'expired' });
  });
});

describe('two workers at one order', () => {
  test('only the one with the lease hands over; the other looks again later', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    const issueCode = createIssueCode(domain);
    const other: unknown[] = [];
    domain.handover = async () => {
      other.push(await issueCode(order));
      return { accepted: true };
    };
    expect(await issueCode(order)).toMatchObject({ outcome: 'sent' });
    expect(other).toEqual([{ outcome: 'leased' }]);
    expect(domain.mails).toHaveLength(1);
  });

  test('a lease is given back when the hand-over breaks', async () => {
    const domain = createDomain();
    const order = await askForCode(domain);
    domain.handover = () => Promise.reject(new Error('broke'));
    await expect(createIssueCode(domain)(order)).rejects.toThrow('broke');
    expect(domain.leases.size).toBe(0);
  });
});

describe('an order that was edited in the queue', () => {
  test.each([
    ['an id of nobody', { id: 'A'.repeat(52) }],
    ['an id under another index key', { id: makeChallengeId(parseIndexKey('A'.repeat(43)), siteTagOf('default'), at(0), randomBytes) }],
    ['another site', { site: 'other' }],
    ['a mail that the challenge never granted', { send: 2 }],
  ])('mails nothing: %s', async (_what, edit) => {
    const domain = createDomain();
    const order = await askForCode(domain);
    expect(await createIssueCode(domain)({ ...order, ...edit })).toEqual({ outcome: 'lost', reason: 'forged' });
    expect(domain.mails).toEqual([]);
    expect(domain.leases.size).toBe(0);
  });

  test('mails nothing with the envelope of another order, so that no code reaches another address', async () => {
    const domain = createDomain();
    const mine = await askForCode(domain, 'mine@example.com');
    const theirs = await askForCode(domain, 'theirs@example.com');
    const moved = { ...theirs, envelope: mine.envelope };
    expect(await createIssueCode(domain)(moved)).toEqual({ outcome: 'delayed', reason: 'does_not_open' });
    expect(domain.mails).toEqual([]);
    expect(await domain.challenges.find(theirs.id)).toBeUndefined();
  });
});

describe('during a rotation of the sealing keys', () => {
  const entry = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
  const [old, fresh] = [entry('old'), entry('fresh')];

  test('a worker without the new key leaves the order for later, and one with both carries it out', async () => {
    const domain = createDomain();
    const order = await askForCode({ ...domain, sealingKeys: parseSealingKeys(`${fresh},${old}`) });
    const behind = createIssueCode({ ...domain, sealingKeys: parseSealingKeys(old) });
    expect(await behind(order)).toEqual({ outcome: 'delayed', reason: 'sealed_under_unknown_key' });
    const mistaken = createIssueCode({ ...domain, sealingKeys: parseSealingKeys(entry('fresh')) });
    expect(await mistaken(order)).toEqual({ outcome: 'delayed', reason: 'does_not_open' });
    expect(domain.mails).toEqual([]);
    expect(await createIssueCode({ ...domain, sealingKeys: parseSealingKeys(`${fresh},${old}`) })(order)).toMatchObject({ outcome: 'sent' });
  });

  test('a code that was issued under the old key opens under both, and a wrong one does not', async () => {
    const domain = { ...createDomain(), sealingKeys: parseSealingKeys(old) };
    const order = await askForCode(domain);
    await createIssueCode(domain)(order);
    const code = domain.mails[0]?.envelope.code ?? '';
    const sealingKeys = parseSealingKeys(`${fresh},${old}`);
    const verify = (typed: { id: string; code: string }) => typeCode({ ...domain, sealingKeys }, typed);
    expect(await verify({ id: order.id, code: wrongCode(code) })).toMatchObject({ code: 'code_rejected' });
    expect(await verify({ id: order.id, code })).toMatchObject({ ok: true });
  });
});
