import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { times } from '../support/challenge-contract.ts';
import { findPhoneTools, type PhoneTools } from '../support/phone-tools.ts';
import { startSystem, type System } from '../support/system.ts';
import { phoneOf, untilStepHasRoom, wrongTotpCode, type Phone } from '../support/totp.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

let system: System;
let tools: PhoneTools;
beforeAll(async () => {
  [system, tools] = await Promise.all([startSystem({ apis: 2 }), findPhoneTools()]);
}, 120_000);
afterAll(() => system?.stop());
beforeEach(() => untilStepHasRoom());

const format = { algorithm: 'SHA1', digits: 6 } as const;
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const tokenOf = ({ body }: Answer) => bearer(body['accessToken']);

/** A phone whose app has just been enrolled at our one site. */
function phoneIn({ body, status, text }: Answer): Phone {
  if (status !== 201) throw new Error(`not enrolled: ${status} ${text}`);
  return phoneOf({ id: String(body['id']), uri: String(body['uri']), secret: String(body['secret']) }, format);
}

/** The code of the present step, or of one so many steps later: the code of a step works once. */
const codeIn = (phone: Phone, steps = 0) => phone.code(new Date(Date.now() + steps * 30_000));

async function enrolled(visitor: Visitor, headers: Record<string, string> = {}) {
  const phone = phoneIn(await visitor.post('/v1/totp', {}, headers));
  const confirmed = await visitor.post(`/v1/totp/${phone.id}/confirm`, { code: codeIn(phone, -1) }, headers);
  expect(confirmed.status).toBe(200);
  return { phone, confirmed, subject: String(confirmed.body['subject']), recoveryCodes: confirmed.body['recoveryCodes'] as string[] };
}

async function inByEmail(visitor: Visitor): Promise<Answer> {
  const id = await visitor.ask();
  return visitor.verify(id, await visitor.code());
}

describe('with oathtool as the phone', () => {
  test('a visitor enrols by QR code, confirms, and comes back as the same one', async () => {
    const visitor = system.visitor();
    const asked = await visitor.post('/v1/totp?qr=png', { label: 'Ada' });
    expect(asked.status).toBe(201);
    const { id, secret, uri, qr, expiresIn } = asked.body as { id: string; secret: string; uri: string; qr: Record<string, string>; expiresIn: number };
    expect(asked.headers.get('location')).toBe(`/v1/totp/${id}`);
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(secret).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    expect(expiresIn).toBe(600);
    expect(uri).toBe(`otpauth://totp/Daypass:Ada?secret=${secret.replaceAll(' ', '')}&issuer=Daypass`);

    expect(await tools.readPng(Buffer.from(qr['png']?.split(',')[1] ?? '', 'base64'))).toBe(uri);
    const read = await tools.readSvg(qr['svg'] ?? '');
    expect(read).toBe(uri);
    const scanned = new URL(read).searchParams.get('secret') ?? '';

    const code = await tools.code(scanned);
    const confirmed = await visitor.post(`/v1/totp/${id}/confirm`, { code });
    expect(confirmed.status).toBe(200);
    expect(confirmed.body['recoveryCodes']).toHaveLength(10);
    expect(confirmed.body).not.toHaveProperty('device');
    expect((await visitor.post(`/v1/totp/${id}/verify`, { code })).body).toMatchObject({ status: 422, code: 'code_rejected' });

    const next = await tools.code(scanned, { at: new Date(Date.now() + 30_000) });
    const verified = await system.visitor(1).post(`/v1/totp/${id}/verify`, { code: `${next.slice(0, 3)} ${next.slice(3)}` });
    expect(verified.status).toBe(200);
    expect(verified.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, site: 'default', subject: confirmed.body['subject'] });
    expect(decodeProtectedHeader(String(verified.body['accessToken']))).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    const pass = await visitor.get('/v1/pass', tokenOf(verified));
    expect(pass.body).toMatchObject({ subject: confirmed.body['subject'], methods: ['otp'] });
  });

  test('the QR code is drawn as PNG for whom asks, and for nobody else', async () => {
    const { body } = await system.visitor().post('/v1/totp', {});
    expect(Object.keys(body['qr'] as object)).toEqual(['svg']);
    expect((body['qr'] as Record<string, string>)['svg']).not.toMatch(/<script|href|<image|<foreign/i);
    expect((await system.visitor().post('/v1/totp?qr=gif', {})).status).toBe(400);
  });

  test('a label cannot speak for another issuer', async () => {
    const label = 'Bank\u200b:\ufe55\u202eada?secret=AAAA&issuer=Bank#"%3A';
    const { body } = await system.visitor().post('/v1/totp', { label });
    const read = new URL(await tools.readSvg((body['qr'] as Record<string, string>)['svg'] ?? ''));
    expect(decodeURIComponent(read.pathname).split(':')).toHaveLength(2);
    expect(decodeURIComponent(read.pathname)).toMatch(/^\/+(totp\/)?Daypass:Bank/);
    expect(read.searchParams.getAll('issuer')).toEqual(['Daypass']);
    expect(read.searchParams.getAll('secret')).toEqual([String(body['secret']).replaceAll(' ', '')]);
  });
});

test('the same code a hundred times at the same moment by two processes: exactly one is accepted', async () => {
  const { phone } = await enrolled(system.visitor());
  const code = codeIn(phone);
  const visitors = Array.from({ length: 100 }, (_, index) => system.visitor(index % 2));
  const answers = await Promise.all(visitors.map((visitor) => visitor.post(`/v1/totp/${phone.id}/verify`, { code })));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 422)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(94);
  const [refused] = answers.filter(({ status }) => status === 429);
  expect(refused?.body).toMatchObject({ code: 'too_many_requests' });
  expect(refused?.headers.get('retry-after')).toBe(String(refused?.body['retryAfter']));
});

describe('who somebody is', () => {
  test('an app that was enrolled with a pass gives passes of that visitor, and with that pass along of both methods', async () => {
    const visitor = system.visitor();
    const byEmail = await inByEmail(visitor);
    const { phone, confirmed, subject } = await enrolled(visitor, tokenOf(byEmail));
    expect(subject).toBe(byEmail.body['subject']);
    expect(decodeJwt(String(confirmed.body['accessToken']))).toMatchObject({ amr: ['otp', 'email'] });

    const alone = await visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone) });
    expect(decodeJwt(String(alone.body['accessToken']))).toMatchObject({ amr: ['otp'], sub: subject });
    const together = await visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone, 1) }, tokenOf(byEmail));
    expect(decodeJwt(String(together.body['accessToken']))).toMatchObject({ amr: ['otp', 'email'], sub: subject });
  });

  test('an emailed code with the pass of an app along gives a pass of both methods', async () => {
    const visitor = system.visitor();
    const { phone } = await enrolled(visitor, tokenOf(await inByEmail(visitor)));
    const byApp = await visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone) });
    await system.redis.flushdb(); // The pause between two mails to one address is not what this is about.
    system.catcher.clear();
    const id = await visitor.ask();
    const both = await visitor.post(`/v1/codes/${id}/verify`, { code: await visitor.code() }, tokenOf(byApp));
    expect(decodeJwt(String(both.body['accessToken']))).toMatchObject({ amr: ['email', 'otp'] });
  });

  test('a pass of somebody else, an edited one or none of ours counts for nothing', async () => {
    const visitor = system.visitor();
    const { phone } = await enrolled(visitor, tokenOf(await inByEmail(visitor)));
    const other = tokenOf(await inByEmail(system.visitor()));
    const byOther = await visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone) }, other);
    expect(decodeJwt(String(byOther.body['accessToken']))).toMatchObject({ amr: ['otp'] });
    const byNone = await visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone, 1) }, bearer('a.b.c'));
    expect(decodeJwt(String(byNone.body['accessToken']))).toMatchObject({ amr: ['otp'] });
  });

  test('an app is not enrolled for nobody because a pass does not hold', async () => {
    const visitor = system.visitor();
    const edited = String((await inByEmail(visitor)).body['accessToken']).slice(0, -4);
    expect((await visitor.post('/v1/totp', {}, bearer(edited))).body).toMatchObject({ status: 401, code: 'pass_invalid' });
    expect((await visitor.post('/v1/totp', {}, { authorization: 'Basic eDp5' })).body).toMatchObject({ status: 401, code: 'pass_invalid' });
    expect((await visitor.post('/v1/totp', { site: 'other' })).body).toMatchObject({ status: 404, code: 'site_unknown' });
  });
});

describe('recovery', () => {
  test('each code lets in once, in any spelling, and at ten at the same moment once', async () => {
    const visitor = system.visitor();
    const { phone, subject, recoveryCodes } = await enrolled(visitor);
    expect(new Set(recoveryCodes).size).toBe(10);
    const recover = (recoveryCode: string) => visitor.post(`/v1/totp/${phone.id}/recover`, { recoveryCode });
    const [first = '', second = ''] = recoveryCodes;
    expect(first).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const granted = await recover(first.toLowerCase().replaceAll('-', ' '));
    expect(granted.body).toMatchObject({ subject, tokenType: 'Bearer' });
    expect((await recover(first)).body).toMatchObject({ status: 422, code: 'code_rejected' });

    const answers = await times(10, () => recover(second));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is under the throttle of the app', async () => {
    const visitor = system.visitor();
    const { phone, recoveryCodes } = await enrolled(visitor);
    const recover = (recoveryCode = '') => visitor.post(`/v1/totp/${phone.id}/recover`, { recoveryCode });
    for (const wrong of ['AAAA-AAAA-AAAA-AAAA', 'x', '000000', 'ZZZZ-ZZZZ-ZZZZ-ZZZZ']) expect((await recover(wrong)).status).toBe(422);
    expect((await visitor.post(`/v1/totp/${phone.id}/verify`, { code: wrongTotpCode(phone, new Date()) })).status).toBe(422);
    expect((await recover(recoveryCodes[0])).status).toBe(429);
    expect((await visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone) })).status).toBe(429);
  });

  test('codes are renewed with a pass of the same visitor, and the old ones work no more', async () => {
    const visitor = system.visitor();
    const { phone, confirmed, recoveryCodes } = await enrolled(visitor);
    const renew = (headers: Record<string, string> = {}) => visitor.post(`/v1/totp/${phone.id}/recovery-codes`, undefined, headers);
    expect((await renew()).body).toMatchObject({ status: 401, code: 'pass_required' });
    expect((await renew()).headers.get('www-authenticate')).toBe('Bearer');
    expect((await renew(bearer('a.b.c'))).body).toMatchObject({ status: 401, code: 'pass_invalid' });
    expect((await renew(tokenOf((await enrolled(system.visitor())).confirmed))).body).toMatchObject({ status: 404, code: 'totp_unknown' });

    const renewed = (await renew(tokenOf(confirmed))).body['recoveryCodes'] as string[];
    expect(new Set([...renewed, ...recoveryCodes]).size).toBe(20);
    const recover = (recoveryCode = '') => visitor.post(`/v1/totp/${phone.id}/recover`, { recoveryCode });
    expect((await recover(recoveryCodes[3])).status).toBe(422);
    expect((await recover(renewed[3])).status).toBe(200);
  });
});

describe('the end', () => {
  test('is for the same visitor to bring about, with a pass, and can be told again', async () => {
    const visitor = system.visitor();
    const { phone, confirmed } = await enrolled(visitor);
    const path = `/v1/totp/${phone.id}`;
    expect((await visitor.delete(path)).body).toMatchObject({ status: 401, code: 'pass_required' });
    const stranger = (await enrolled(system.visitor())).confirmed;
    expect((await visitor.delete(path, tokenOf(stranger))).body).toMatchObject({ status: 404, code: 'totp_unknown' });

    expect((await visitor.delete(path, tokenOf(confirmed))).status).toBe(204);
    expect((await visitor.delete(path, tokenOf(confirmed))).status).toBe(204);
    const code = codeIn(phone);
    expect((await visitor.post(`${path}/verify`, { code })).body).toMatchObject({ status: 410, code: 'totp_ended' });
    expect((await visitor.post(`${path}/recover`, { recoveryCode: 'x' })).body).toMatchObject({ status: 410, code: 'totp_ended' });
    const [left] = await system.mongo.collection<{ _id: string }>('enrolments').find({ _id: phone.id }).toArray();
    expect(left).toMatchObject({ recoveryDigests: [] });
    expect(left).not.toHaveProperty('sealed');
  });
});

describe('limits and borders', () => {
  test('ten enrolments in five minutes from one network, and each problem has a page', async () => {
    const visitor = system.visitor();
    const answers = await times(12, () => visitor.post('/v1/totp', {}));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body['retryAfter']).toBeGreaterThan(280);
    for (const code of ['pass_required', 'totp_ended', 'totp_unknown']) {
      expect((await visitor.get(`/problems/${code}`)).status).toBe(200);
    }
  });

  test('a network may not type more than sixty codes in five minutes', async () => {
    const visitor = system.visitor();
    const answers = await times(70, () => visitor.post('/v1/totp/AAAAAAAAAAAAAAAAAAAAAA/verify', { code: '123456' }));
    expect(answers.filter(({ body }) => body['code'] === 'totp_unknown')).toHaveLength(60);
    expect(answers.filter(({ body }) => body['code'] === 'too_many_requests')).toHaveLength(10);
  });

  test('a clock that is far off is told in the second answer', async () => {
    const { phone } = await enrolled(system.visitor());
    const visitor = system.visitor();
    // A phone 120 s ahead, which types one code and the next: in a test both within the same step of ours.
    const type = (steps: number) => visitor.post(`/v1/totp/${phone.id}/verify`, { code: codeIn(phone, steps) });
    const first = await type(4);
    expect(first.body).not.toHaveProperty('clockSkew');
    const second = await type(5);
    expect(second.body).toMatchObject({ status: 422, code: 'code_rejected', clockSkew: expect.any(Number) });
  });

  test('whatever is sent, there is never a 500', async () => {
    const odd = ['', ' ', 0, null, true, [], { $gt: '' }, '\u0000', '\uD800', 'x'.repeat(65), '💌'.repeat(10), '１２３４５６'];
    const requests = odd.flatMap((value) => [
      ['/v1/totp', { label: value }],
      ['/v1/totp', { site: value }],
      ['/v1/totp/x/confirm', { code: value }],
      ['/v1/totp/AAAAAAAAAAAAAAAAAAAAAA/verify', { code: value }],
      ['/v1/totp/AAAAAAAAAAAAAAAAAAAAAA/recover', { recoveryCode: value }],
      [`/v1/totp/${encodeURIComponent(JSON.stringify(value)).slice(0, 100)}/verify`, { code: '123456' }],
    ] as const);
    const answers = await Promise.all(requests.map(([path, body]) => system.visitor().post(path, body)));
    expect(answers.filter(({ status }) => status >= 500 && status !== 503).map(({ text }) => text)).toEqual([]);
  });
});

test('what happened is counted, by what for and how it went', async () => {
  const page = await (await fetch(`${system.apis[0]?.opsUrl}/metrics`)).text();
  expect(page).toMatch(/^daypass_totp_enrolments_total\{site="default",outcome="accepted"\} \d+$/m);
  expect(page).toMatch(/^daypass_totp_verifications_total\{by="verify",outcome="too_many_requests"\} \d+$/m);
  expect(page).toMatch(/^daypass_totp_verifications_total\{by="recover",outcome="accepted"\} \d+$/m);
});
