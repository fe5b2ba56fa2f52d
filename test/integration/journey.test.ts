import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSystem, type System } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ apis: 2, workers: 2 });
});
afterAll(() => system?.stop());

describe('a visitor with an emailed code', () => {
  test('asks, reads the mail, types the code and holds a pass that verifies against the published keys', async () => {
    const visitor = system.visitor();
    const asked = await visitor.post('/v1/codes', { email: visitor.email });
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      site: 'default',
      expiresIn: 900,
      resendIn: 60,
      code: { length: 8, alphabet: 'alphanumeric' },
    });
    const id = String(asked.body['id']);
    expect(asked.headers.get('location')).toBe(`/v1/codes/${id}`);

    const verified = await visitor.verify(id, await visitor.code());
    expect(verified.status).toBe(200);
    expect(verified.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, site: 'default' });
    const token = String(verified.body['accessToken']);

    const keys = (await visitor.get('/.well-known/jwks.json')).body as unknown as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      audience: 'default',
      issuer: 'http://localhost:3000',
    });
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(payload).toMatchObject({ amr: ['email'], sub: verified.body['subject'] });
    expect(JSON.stringify(payload)).not.toContain(visitor.email);

    const pass = await visitor.get('/v1/pass', { authorization: `Bearer ${token}` });
    expect(pass.body).toMatchObject({ subject: verified.body['subject'], site: 'default', methods: ['email'] });
  });

  test('may type the code in lower case, without the hyphen, with spaces and look-alikes', async () => {
    const visitor = system.visitor();
    const id = await visitor.ask();
    const code = await visitor.code();
    const sloppy = ` ${code.replace('-', ' ').toLowerCase().replaceAll('1', 'l').replaceAll('0', 'O')} `;
    expect((await visitor.verify(id, sloppy)).status).toBe(200);
  });

  test('gets in by another API process than the one that was asked', async () => {
    const visitor = system.visitor(0);
    const id = await visitor.ask();
    const code = await visitor.code();
    const other = system.visitor(1);
    expect((await other.verify(id, code)).status).toBe(200);
  });

  test('is told how far the mail has come', async () => {
    const visitor = system.visitor();
    const id = await visitor.ask();
    await visitor.mail();
    await expect
      .poll(async () => (await visitor.get(`/v1/codes/${id}`)).body['delivery'])
      .toBe('sent');
    const { body } = await visitor.get(`/v1/codes/${id}`);
    expect(body).toMatchObject({ id, attemptsLeft: 5 });
    expect(body['expiresIn']).toBeGreaterThan(890);
  });

  test('gets in with address and code when the id is not at hand, once', async () => {
    const visitor = system.visitor();
    await visitor.ask();
    const code = await visitor.code();
    const body = { email: ` ${visitor.email.toUpperCase()} `, code };
    expect((await visitor.post('/v1/codes/verify', body)).status).toBe(200);
    expect((await visitor.post('/v1/codes/verify', body)).body).toMatchObject({ code: 'code_rejected' });
  });

  test('gets the pass as a cookie where a page of the site asks for it', async () => {
    const visitor = system.visitor();
    const id = await visitor.ask();
    const code = await visitor.code();
    const body = { code, session: 'cookie' };
    const refused = await visitor.post(`/v1/codes/${id}/verify`, body);
    expect(refused.body).toMatchObject({ status: 403, code: 'origin_refused' });

    const granted = await visitor.post(`/v1/codes/${id}/verify`, body, { origin: 'http://localhost:3000' });
    const [cookie = '', device = ''] = granted.headers.getSetCookie();
    expect(device).toBe(`daypass-device=${String(granted.body['device'])}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax`);
    expect(cookie).toMatch(/^daypass=[^;]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/);
    const pass = await visitor.get('/v1/pass', { cookie: cookie.split(';')[0] ?? '' });
    expect(pass.body).toMatchObject({ subject: granted.body['subject'] });
  });

  test('two of them at one address are the same subject', async () => {
    const visitor = system.visitor();
    const id = await visitor.ask();
    const first = await visitor.verify(id, await visitor.code());
    await system.redis.flushdb(); // The pause between two mails to one address is not what this is about.
    system.catcher.clear();
    const again = await visitor.ask();
    const second = await visitor.verify(again, await visitor.code());
    expect(second.body['subject']).toBe(first.body['subject']);
    expect(second.body['device']).not.toBe(first.body['device']);
  });
});

describe('the mail', () => {
  test('goes to the one address, with the code alone on its line and no link in it', async () => {
    const visitor = system.visitor();
    const id = await visitor.ask();
    const mail = await visitor.mail();
    expect(mail.envelope.to).toEqual([visitor.email]);
    expect(mail.text.split('\n')).toContain(await visitor.code());
    expect(mail.text + mail.html).not.toMatch(/https?:|<img|<a /);
    expect(mail.html).toContain(await visitor.code());
    const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
    expect(headers).toMatchObject({ 'auto-submitted': 'auto-generated', to: visitor.email });
    expect(mail.messageId).toMatch(new RegExp(`^<${id}\\.1\\.[\\w-]{64}@localhost>$`));
  });
});
