import { beforeEach, describe, expect, test } from 'vitest';
import { askForCode, at, createDomain, ip, typeCode, wrongCode, type Domain } from '../../../../test/support/domain.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { longestPatienceSeconds, type Site } from '../sites/site.ts';
import { createSites } from '../sites/sites.ts';
import type { Challenge } from './challenge.ts';
import { createIssueCode, type IssueOutcome } from './issue-code.ts';
import { createReadStatus } from './read-status.ts';
import { createRequestCode } from './request-code.ts';

let domain: Domain;
beforeEach(() => {
  domain = createDomain();
});
const issue = async (email: string): Promise<{ id: string; outcome: IssueOutcome }> => {
  const order = await askForCode(domain, email);
  return { id: order.id, outcome: await createIssueCode(domain)(order) };
};
const suppress = (email: string) => domain.suppressed.add(digestAddress(domain.indexKey, email));

describe('a suppressed address', () => {
  /** What of a challenge says whose it is, and nothing else. */
  const alike = ({ id: _id, addressDigest: _address, codeDigest: _code, envelope: _envelope, ...rest }: Challenge) => rest;

  test('gets no mail, and a challenge that is like any other', async () => {
    suppress('dead@example.com');
    const other = await issue('alive@example.com');
    const { id, outcome } = await issue('Dead@Example.com');
    expect(outcome).toEqual({ outcome: 'sent', withheld: 'suppressed' });
    expect(domain.mails).toHaveLength(1);
    expect(domain.imitations).toBe(1);

    const [found, othersFound] = await Promise.all([domain.challenges.find(id), domain.challenges.find(other.id)]);
    if (!found || !othersFound) throw new Error('a challenge was not opened');
    expect(alike(found)).toEqual(alike(othersFound));
    const readStatus = createReadStatus(domain);
    expect({ ...(await readStatus(id)), id: '' }).toEqual({ ...(await readStatus(other.id)), id: '' });
  });

  test('is delayed and refused as any other is while the mail server gives trouble', async () => {
    suppress('dead@example.com');
    domain.handover = async () => ({ accepted: false, permanent: false, cause: 'transport', reason: 'transport_econnrefused' });
    const { id, outcome } = await issue('dead@example.com');
    expect(outcome).toMatchObject({ outcome: 'delayed', reason: 'transport_econnrefused' });
    expect(await domain.challenges.find(id)).toMatchObject({ delivery: 'delayed', sendsAccepted: 0 });
  });

  test('is not told from another by what the queue is told of a second try', async () => {
    suppress('dead@example.com');
    const order = await askForCode(domain, 'dead@example.com');
    const issueCode = createIssueCode(domain);
    await issueCode(order);
    expect(await issueCode(order)).toEqual({ outcome: 'settled', reason: 'already_sent' });
    expect(domain.imitations).toBe(1);
  });
});

test('an address that is only taken for a suppressed one gets its mail', async () => {
  domain.mistaken.add(digestAddress(domain.indexKey, 'lifted@example.com'));
  expect((await issue('lifted@example.com')).outcome).toEqual({ outcome: 'sent', latencySeconds: 0 });
  expect(domain.mails).toHaveLength(1);
});

describe('a sandbox address', () => {
  const sandbox = [{ key: 'ci@example.com', code: '7Q4MZ0XK', until: at(3_600) }];
  const inSandbox = (): Site => ({ ...domain.site, sandbox });
  beforeEach(() => {
    domain.sites = createSites([inSandbox()]);
  });

  test('gets no mail and the code that the file says', async () => {
    const { id, outcome } = await issue('CI@example.com');
    expect(outcome).toEqual({ outcome: 'sent', withheld: 'sandbox' });
    expect([domain.mails.length, domain.imitations]).toEqual([0, 0]);
    expect(await domain.challenges.find(id)).toMatchObject({ delivery: 'sent', sendsAccepted: 1 });
    expect(await typeCode(domain, { id, code: wrongCode('7Q4MZ0XK') })).toMatchObject({ code: 'code_rejected' });
    expect(await typeCode(domain, { id, code: '7q4m-z0xk' })).toMatchObject({ ok: true });
  });

  test('is like any other once its time is over', async () => {
    domain.time = at(3_601);
    expect((await issue('ci@example.com')).outcome).toEqual({ outcome: 'sent', latencySeconds: 0 });
    expect(domain.mails[0]?.envelope.code).not.toBe('7Q4MZ0XK');
  });

  test('is one of its own site alone', async () => {
    domain.sites = createSites([{ ...inSandbox(), id: 'other' }, domain.site]);
    await issue('ci@example.com');
    expect(domain.mails).toHaveLength(1);
  });
});

test('an address that the rules of the site keep out costs nothing, and is not ordered a mail', async () => {
  domain.sites = createSites([{ ...domain.site, addresses: { allow: new Set(['*.example.com']), block: new Set(), disposable: 'allow' } }]);
  const ask = (email: string) => createRequestCode(domain)({ site: 'default', email, ip });
  expect(await ask('ada@example.com')).toEqual({ ok: false, code: 'address_not_allowed' });
  expect(domain.orders).toEqual([]);
  expect(await ask('ada@mail.example.com')).toMatchObject({ ok: true });
  expect(domain.orders).toHaveLength(1);
});

describe('an order for a site that the worker does not know', () => {
  test('waits until the worker knows it', async () => {
    const order = await askForCode(domain, 'ada@example.com', 'other');
    const all = [...domain.sites.all];
    domain.sites.replace([domain.site]);
    const issueCode = createIssueCode(domain);
    expect(await issueCode(order)).toEqual({ outcome: 'delayed', reason: 'site_unknown' });
    domain.sites.replace(all);
    expect(await issueCode(order)).toMatchObject({ outcome: 'sent' });
  });

  test('is given up when no site would still find it worth a mail', async () => {
    const order = await askForCode(domain, 'ada@example.com', 'other');
    domain.sites.replace([domain.site]);
    domain.time = at(longestPatienceSeconds + 1);
    expect(await createIssueCode(domain)(order)).toEqual({ outcome: 'lost', reason: 'site_unknown' });
  });

  test('is forged when its id is not one of ours', async () => {
    const order = await askForCode(domain, 'ada@example.com', 'other');
    domain.sites.replace([domain.site]);
    expect(await createIssueCode(domain)({ ...order, id: 'A'.repeat(52) })).toEqual({ outcome: 'lost', reason: 'forged' });
  });
});
