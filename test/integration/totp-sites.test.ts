import { createGrant } from '@daypass/core/access/grant';
import { createSites } from '@daypass/core/sites/sites';
import { builtInSite, type Site } from '@daypass/core/sites/site';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TypedApp } from '../../services/api/src/http/typed-app.ts';
import { mailCode } from '../support/domain.ts';
import { findPhoneTools, type PhoneTools } from '../support/phone-tools.ts';
import { openTotpApp } from '../support/totp-app.ts';
import { createTotpDomain, openTestStore, phoneOf, type Phone, type TotpDomain } from '../support/totp.ts';

const publicUrl = 'https://daypass.example';
const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;
const base = builtInSite([publicUrl]);
const shaped: Site[] = algorithms.flatMap((algorithm) =>
  ([6, 8] as const).map((digits) => ({ ...base, id: `${algorithm}-${digits}`.toLowerCase(), name: `Site: ${algorithm} & Söhne`, totp: { ...base.totp, algorithm, digits } })),
);
const both: Site = { ...base, id: 'both', methods: 'both', passCarriesEmail: true };
const closed: Site = { ...base, id: 'closed', totp: { ...base.totp, anonymous: false } };

let opened: Awaited<ReturnType<typeof openTestStore>>;
let domain: TotpDomain;
let app: TypedApp;
let tools: PhoneTools;
beforeAll(async () => {
  [opened, tools] = await Promise.all([openTestStore(), findPhoneTools()]);
}, 120_000);
afterAll(() => opened?.close());
beforeEach(async () => {
  domain = Object.assign(createTotpDomain(opened.store), { issuer: publicUrl, sites: createSites([base, both, closed, ...shaped]) });
  app = await openTotpApp(domain);
});

interface Said {
  status: number;
  body: Record<string, unknown>;
  /** Whatever of the two it gave. */
  token: string;
}

async function ask(method: 'GET' | 'POST' | 'DELETE', url: string, token?: string, payload?: object): Promise<Said> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { statusCode, body } = await app.inject({ method, url, headers, ...(payload && { payload }) });
  const read = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
  const given = read['accessToken'] ?? read['halfPass'];
  return { status: statusCode, body: read, token: typeof given === 'string' ? given : '' };
}
const post = (url: string, payload: object, token?: string) => ask('POST', url, token, payload);
const wait = (seconds: number) => (domain.time = new Date(domain.time.getTime() + seconds * 1000));

describe.each(shaped)('a site that wants $totp.algorithm and $totp.digits digits', (site) => {
  test('is understood by oathtool from the QR code alone', async () => {
    const { id, uri, qr } = (await post('/v1/totp?qr=png', { site: site.id, label: 'Ada Müller' })).body as { id: string; uri: string; qr: { svg: string; png: string } };
    expect(await tools.readSvg(qr.svg)).toBe(uri);
    expect(await tools.readPng(Buffer.from(qr.png.split(',')[1] ?? '', 'base64'))).toBe(uri);
    const { pathname, searchParams } = new URL(uri);
    expect(decodeURIComponent(pathname)).toMatch(/^\/+(totp\/)?Site- SHA\d+ - Söhne:Ada Müller$/);
    const shown = { algorithm: searchParams.get('algorithm') ?? 'SHA1', digits: Number(searchParams.get('digits') ?? 6) };
    expect(shown).toEqual({ algorithm: site.totp.algorithm, digits: site.totp.digits });

    const code = () => tools.code(searchParams.get('secret') ?? '', { ...shown, at: domain.time });
    expect((await post(`/v1/totp/${id}/confirm`, { code: await code() })).status).toBe(200);
    wait(30);
    expect((await post(`/v1/totp/${id}/verify`, { code: await code() })).body).toMatchObject({ site: site.id });
  });
});

test('an enrolment keeps the shape of its codes when the site asks for another', async () => {
  const { id, uri, secret } = (await post('/v1/totp', { site: 'sha1-6' })).body as { id: string; uri: string; secret: string };
  const phone = phoneOf({ id, uri, secret }, base.totp);
  const changed = shaped.map((site) => (site.id === 'sha1-6' ? { ...site, totp: { ...site.totp, algorithm: 'SHA512' as const, digits: 8 as const } } : site));
  app = await openTotpApp(Object.assign(domain, { sites: createSites(changed) }));
  expect((await post(`/v1/totp/${id}/confirm`, { code: phone.code(domain.time) })).status).toBe(200);
});

describe('a site that lets nobody enrol without a pass', () => {
  test('says that it wants one, and takes one of its own', async () => {
    expect(await post('/v1/totp', { site: 'closed' })).toMatchObject({ status: 401, body: { code: 'pass_required' } });
    const elsewhere = await createGrant(domain)({ site: base, subject: 'ada' }, ['email']);
    expect(await post('/v1/totp', { site: 'closed' }, elsewhere.accessToken)).toMatchObject({ status: 401, body: { code: 'pass_invalid' } });
    const here = await createGrant(domain)({ site: closed, subject: 'ada' }, ['email']);
    expect((await post('/v1/totp', {}, here.accessToken)).status).toBe(201);
    expect(domain.spent.flat().map(({ name }) => name)).toEqual(['totp-enrolment']); // What is refused costs nothing.
  });
});

describe('a site that asks for both', () => {
  /** Types an emailed code. */
  async function byEmail(token?: string): Promise<Said> {
    const { id, code } = await mailCode(domain, 'ada@example.com', 'both');
    return post(`/v1/codes/${id}/verify`, { code }, token);
  }
  async function enrolWith(token: string): Promise<Phone> {
    const { status, body } = await post('/v1/totp', { site: 'both' }, token);
    if (status !== 201) throw new Error(`not enrolled: ${JSON.stringify(body)}`);
    return phoneOf({ id: String(body['id']), uri: String(body['uri']), secret: String(body['secret']) }, both.totp);
  }
  const byApp = (phone: Phone, token?: string) => post(`/v1/totp/${phone.id}/verify`, { code: phone.code(domain.time) }, token);
  const claims = ({ token }: Said) => decodeJwt(token);

  async function enrolledVisitor(): Promise<{ phone: Phone; pass: string }> {
    const email = await byEmail();
    const phone = await enrolWith(email.token);
    const confirmed = await post(`/v1/totp/${phone.id}/confirm`, { code: phone.code(domain.time) }, email.token);
    expect(confirmed.body['recoveryCodes']).toHaveLength(10);
    expect(claims(confirmed)).toMatchObject({ amr: ['otp', 'email'], email: 'ada@example.com' });
    wait(60);
    return { phone, pass: confirmed.token };
  }
  // Each test is another visitor to the store.
  beforeEach(() => opened.raw.collection('enrolments').deleteMany({}));

  test('gives half a pass for one proof, and the pass for the other with it, in either order', async () => {
    const { phone } = await enrolledVisitor();
    const email = await byEmail();
    expect(email).toEqual({
      status: 202,
      token: expect.any(String),
      body: { halfPass: expect.any(String), expiresIn: 600, subject: expect.any(String), site: 'both', missing: ['otp'] },
    });
    expect(claims(await byApp(phone, email.token))).toMatchObject({ amr: ['otp', 'email'], email: 'ada@example.com', sub: email.body['subject'] });

    wait(60);
    const alone = await byApp(phone);
    expect(alone).toMatchObject({ status: 202, body: { missing: ['email'] } });
    expect(claims(await byEmail(alone.token))).toMatchObject({ amr: ['email', 'otp'] });
  });

  test('a half pass is nothing that an application or Daypass takes for a pass', async () => {
    const { phone } = await enrolledVisitor();
    const { token } = await byEmail();
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'daypass-half+jwt' });
    // The most careless application: it checks the signature, and nothing else.
    await expect(jwtVerify(token, createLocalJWKSet(domain.signingKeys.jwks))).rejects.toMatchObject({ code: 'ERR_JOSE_NOT_SUPPORTED' });
    expect((await ask('GET', '/v1/pass', token)).status).toBe(401);
    expect((await ask('DELETE', `/v1/totp/${phone.id}`, token)).status).toBe(401);
  });

  test('a half pass is good for ten minutes, and for its own visitor', async () => {
    const { phone } = await enrolledVisitor();
    const { token: halfPass } = await byEmail();
    const { id, code } = await mailCode(domain, 'eve@example.com', 'both');
    const other = (await post(`/v1/codes/${id}/verify`, { code })).token;
    expect(await byApp(phone, other)).toMatchObject({ status: 202 });
    wait(600);
    expect(await byApp(phone, halfPass)).toMatchObject({ status: 202 });
  });

  test('who reads the mail cannot put another app in the place of the one that is enrolled', async () => {
    const { pass } = await enrolledVisitor();
    const { token: halfPass } = await byEmail();
    expect(await post('/v1/totp', { site: 'both' }, halfPass)).toMatchObject({ status: 401, body: { code: 'pass_required' } });
    expect((await post('/v1/totp', { site: 'both' }, pass)).status).toBe(201); // Who has the app may.
  });

  test('nobody enrols without having shown an address', async () => {
    expect(await post('/v1/totp', { site: 'both' })).toMatchObject({ status: 401, body: { code: 'pass_required' } });
    const { phone } = await enrolledVisitor();
    const { token: halfPass } = await byApp(phone);
    expect(await post('/v1/totp', { site: 'both' }, halfPass)).toMatchObject({ status: 401, body: { code: 'pass_required' } });
  });

  test('an old proof is not carried on from pass to pass', async () => {
    const { phone } = await enrolledVisitor();
    const email = await byEmail();
    wait(540);
    const first = await byApp(phone, email.token);
    expect(claims(first)).toMatchObject({ amr: ['otp', 'email'], auth_time: (domain.time.getTime() - 540_000) / 1000 });
    wait(400);
    expect(await byApp(phone, first.token)).toMatchObject({ status: 202, body: { missing: ['email'] } });
  });
});

test('what is random is', async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, async () => (await post('/v1/totp', { site: 'sha1-6' })).body));
  expect(new Set(ids.map(({ id }) => id)).size).toBe(50);
  expect(new Set(ids.map(({ secret }) => secret)).size).toBe(50);
});
