import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { createDomain, type Domain } from '../../../../test/support/domain.ts';
import { createCheckCredentials } from './check-credentials.ts';
import { credentialOf } from './credential.ts';
import { createSites } from './sites.ts';

const newSecret = () => randomBytes(32).toString('base64url');
const secret = newSecret();
const asked = { site: 'default', ip: '192.0.2.1' };
let domain: Domain;
beforeEach(() => {
  domain = createDomain();
  const credentials = [credentialOf(newSecret()), credentialOf(secret)];
  domain.sites = createSites([{ ...domain.site, credentials }, domain.otherSite]);
});
const check = (given: { site: string; secret: string }) => createCheckCredentials(domain)(given, asked);

test('a backend with a secret of its site is believed, and it costs nobody anything', async () => {
  expect(await check({ site: 'default', secret })).toEqual({ ok: true });
  expect(domain.spent).toEqual([]);
});

test.each([
  ['a wrong secret', { site: 'default', secret: newSecret() }],
  ['the hash that is in the file', { site: 'default', secret: credentialOf(secret) }],
  ['a site without credentials', { site: 'other', secret }],
  ['a site that there is not', { site: 'nowhere', secret }],
])('%s is refused, and costs the network that it came from', async (_what, given) => {
  expect(await check(given)).toEqual({ ok: false, code: 'credentials_invalid' });
  expect(domain.spent.flat().map(({ name }) => name)).toEqual(['credentials']);
});

test('a backend of another site is told what is wrong', async () => {
  domain.sites = createSites([domain.site, { ...domain.otherSite, credentials: [credentialOf(secret)] }]);
  expect(await check({ site: 'other', secret })).toMatchObject({ ok: false, code: 'credentials_invalid', detail: expect.any(String) });
});

test('who guesses is told to wait, and a right secret is not kept out by that', async () => {
  domain.refusal = { ok: false, name: 'credentials', retryAfterMs: 20_500 };
  expect(await check({ site: 'default', secret: newSecret() })).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 21 });
  expect(await check({ site: 'default', secret })).toEqual({ ok: true });
});
