import { describe, expect, test } from 'vitest';
import { at, createDomain, type Domain } from '../../../../test/support/domain.ts';
import { createAdmit, type Admission } from './admit.ts';
import { createGrant } from './grant.ts';
import { readDeviceToken } from './device-token.ts';
import { createMakeHalfPass, createVerifyHalfPass } from './half-pass.ts';
import type { Proof } from './proof.ts';
import { createVerifyPass } from './verify-pass.ts';
import { subjectOf, type Method, type Visitor } from './visitor.ts';

function admitIn(domain: Domain, visitor: Visitor, method: Method, earlier?: Proof): Promise<Admission> {
  const admit = createAdmit({ ...domain, grant: createGrant(domain), makeHalfPass: createMakeHalfPass(domain) });
  return admit(visitor, method, earlier);
}

async function passOf(domain: Domain, admission: Admission) {
  if (!admission.full) throw new Error('half a pass');
  const pass = await createVerifyPass(domain)(admission.accessToken);
  if (!pass.ok) throw new Error('no pass');
  return pass;
}

const domain = createDomain();
const ada: Visitor = { site: domain.site, addressDigest: 'ada' };
const subject = subjectOf(domain.indexKey, ada);
const shown = (members: Partial<Proof> = {}): Proof => ({ subject, site: 'default', methods: ['otp'], provenAt: at(-60), ...members });

describe('a pass', () => {
  test('of one method says that one, and when it was shown', async () => {
    expect(await passOf(domain, await admitIn(domain, ada, 'email'))).toMatchObject({ methods: ['email'], provenAt: at(0) });
  });

  test('of two says both, and when the older was shown', async () => {
    const pass = await passOf(domain, await admitIn(domain, ada, 'email', shown()));
    expect(pass).toMatchObject({ subject, methods: ['email', 'otp'], provenAt: at(-60), issuedAt: at(0) });
  });

  test('for whom is known by an app alone has no known-browser token', async () => {
    expect(await admitIn(domain, { site: domain.site, subject: 'anybody' }, 'otp')).not.toHaveProperty('device');
    expect(await admitIn(domain, ada, 'email')).toHaveProperty('device');
  });
});

test.each<[string, Partial<Proof>]>([
  ['of another visitor', { subject: 'eve' }],
  ['for another site', { site: 'other' }],
  ['by the same method', { methods: ['email'] }],
  ['older than a pass lasts', { provenAt: at(-901) }],
])('a proof %s adds nothing', async (_what, members) => {
  const pass = await passOf(domain, await admitIn(domain, ada, 'email', shown(members)));
  expect(pass).toMatchObject({ methods: ['email'], provenAt: at(0) });
});

test('the address of the earlier proof is said where the site wants it, and nowhere else', async () => {
  const visitor = { site: domain.otherSite, subject: 'ada' };
  const earlier = shown({ subject: 'ada', site: 'other', methods: ['email'], email: 'ada@example.com' });
  expect(await passOf(domain, await admitIn(domain, visitor, 'otp', earlier))).toMatchObject({ email: 'ada@example.com' });
  const quiet = { ...visitor, site: { ...domain.otherSite, passCarriesEmail: false } };
  expect(await passOf(domain, await admitIn(domain, quiet, 'otp', earlier))).not.toHaveProperty('email');
});

describe('where both are asked for', () => {
  const site = { ...domain.site, methods: 'both' as const };

  test('one gives half a pass, which says what is missing', async () => {
    expect(await admitIn(domain, { ...ada, site }, 'email')).toEqual({
      full: false,
      halfPass: expect.any(String),
      expiresInSeconds: 600,
      subject,
      site: 'default',
      missing: ['otp'],
    });
    expect(await admitIn(domain, { ...ada, site }, 'otp')).toMatchObject({ full: false, missing: ['email'] });
  });

  test('two give the pass', async () => {
    expect(await passOf(domain, await admitIn(domain, { ...ada, site }, 'email', shown()))).toMatchObject({ methods: ['email', 'otp'] });
  });

  test.each([
    ['the mail last', 'otp', 'email'],
    ['the app last', 'email', 'otp'],
  ] as const)('the browser is known for the address afterwards: %s', async (_order, first, last) => {
    const visitorBy = (method: Method): Visitor => (method === 'email' ? { ...ada, site } : { site, subject });
    const half = await admitIn(domain, visitorBy(first), first);
    if (half.full) throw new Error('a whole pass');
    const earlier = await createVerifyHalfPass(domain)(half.halfPass);
    if (!earlier.ok) throw new Error('no half pass');
    const admission = await admitIn(domain, visitorBy(last), last, earlier);
    if (!admission.full) throw new Error('half a pass');
    expect(readDeviceToken(domain.indexKey, 'ada', admission.device, at(0))).toEqual(at(0));
  });
});
