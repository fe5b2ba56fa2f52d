import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import { cookiesOf } from '../support/get-in.ts';
import { startService } from '../support/processes.ts';
import { createSitesFile, reload, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
const blog = { id: 'default', name: 'The Blog', origins: ['https://blog.example'] };
const shop = {
  id: 'shop',
  name: 'The Shop',
  origins: ['https://shop.example'],
  sender: 'The Shop <no-reply@shop.example>',
  code: { alphabet: 'numeric', length: 6 },
  codeTtl: '5m',
  pass: { ttl: '2h', email: true },
  addresses: { block: ['bücher.example', '*.blocked.example'], disposable: 'block' },
  sandbox: [{ address: 'ci@shop.example', code: '123456', until: tomorrow }],
};

let file: SitesFile;
let system: System;
beforeAll(async () => {
  file = await createSitesFile(sitesText([blog, shop]));
  system = await startSystem({ sweepers: 1, env: { DAYPASS_SITES: file.path, PUBLIC_URL: 'https://login.example' } });
});
afterAll(async () => {
  await system?.stop();
  await file?.remove();
});

const ask = (visitor: Visitor, site: string, email = visitor.email, headers = {}) => visitor.post('/v1/codes', { email, site }, headers);
const idOf = ({ body }: Answer) => String(body['id']);
const everyone = () => [...system.apis, ...system.workers, ...system.sweepers];

describe('a site', () => {
  test('has codes, lifetimes, passes and mails of its own', async () => {
    const visitor = system.visitor();
    const asked = await ask(visitor, 'shop');
    expect(asked).toMatchObject({
      status: 202,
      body: { site: 'shop', expiresIn: 300, code: { length: 6, alphabet: 'numeric' } },
    });
    const mail = await visitor.mail();
    expect(mail.envelope.from).toBe('no-reply@shop.example');
    expect(mail.subject).toBe('Your code for The Shop');
    expect(mail.headers.find(({ key }) => key === 'from')?.value).toBe('The Shop <no-reply@shop.example>');
    expect(mail.messageId).toMatch(/@shop\.example>$/);

    const code = /^\d{3} \d{3}$/m.exec(mail.text)?.[0] ?? '';
    const granted = await visitor.verify(idOf(asked), code);
    expect(granted).toMatchObject({ status: 200, body: { site: 'shop', expiresIn: 7_200 } });
    expect(decodeJwt(String(granted.body['accessToken']))).toMatchObject({ aud: 'shop', email: visitor.email });
  });

  test('does not take the mail domains that it keeps out, however they are written, and nothing is spent for them', async () => {
    const visitor = system.visitor();
    const spent = () => system.redis.keys('{daypass}:limit:*');
    const before = await spent();
    for (const domain of ['bücher.example', 'xn--bcher-kva.example', 'BÜCHER.example', 'a.blocked.example', 'mailinator.com', 'x.mailinator.com']) {
      expect((await ask(visitor, 'shop', `ada@${domain}`)).body).toMatchObject({ status: 422, code: 'address_not_allowed' });
    }
    expect((await spent()).filter((key) => !before.includes(key))).toEqual([]);
    expect((await ask(visitor, 'shop', `${visitor.ip.replaceAll('.', '-')}@blocked.example`)).status).toBe(202);
    expect((await ask(visitor, 'default', `${visitor.ip.replaceAll('.', '-')}@a.blocked.example`)).status).toBe(202);
  });

  test('is called by its own pages, and not by those of another', async () => {
    const from = (origin: string) => ({ origin });
    expect((await ask(system.visitor(), 'shop', undefined, from('https://shop.example'))).status).toBe(202);
    expect((await ask(system.visitor(), 'shop', undefined, from('https://login.example'))).status).toBe(202);
    for (const origin of ['https://blog.example', 'https://evil.example', 'http://shop.example', 'null']) {
      expect((await ask(system.visitor(), 'shop', undefined, from(origin))).body).toMatchObject({ code: 'origin_refused' });
    }
    const { body } = await system.visitor().post('/v1/codes/verify', { site: 'shop', email: 'a@b.example', code: '1' }, from('https://blog.example'));
    expect(body).toMatchObject({ code: 'origin_refused' });
  });

  test('gives its cookie to its own pages alone, and tells what the cookie says to no other', async () => {
    const from = (origin: string) => ({ origin });
    const typed = async (origin: string) => {
      const visitor = system.visitor();
      const id = idOf(await ask(visitor, 'shop'));
      const code = /^\d{3} \d{3}$/m.exec((await visitor.mail()).text)?.[0] ?? '';
      return { visitor, granted: await visitor.post(`/v1/codes/${id}/verify`, { code, session: 'cookie' }, from(origin)) };
    };
    // The request names no site: whose code it is shows only when it is right.
    const { granted: refused } = await typed('https://blog.example');
    expect(refused).toMatchObject({ status: 403, body: { code: 'origin_refused' } });
    expect(refused.headers.getSetCookie()).toEqual([]);

    const { visitor, granted } = await typed('https://shop.example');
    expect(granted.status).toBe(200);
    const cookie = cookiesOf(granted);
    const read = async (headers: Record<string, string>) => (await visitor.get('/v1/pass', { cookie, ...headers })).status;
    expect(await read({})).toBe(200);
    expect(await read(from('https://shop.example'))).toBe(200);
    expect(await read(from('https://blog.example'))).toBe(403);
  });
});

describe('a sandbox address', () => {
  test('gets in with the code of the file, and gets no mail', async () => {
    const visitor = system.visitor();
    const asked = await ask(visitor, 'shop', 'CI@shop.example');
    await expect.poll(async () => (await visitor.get(`/v1/codes/${idOf(asked)}`)).body['delivery']).toBe('sent');
    expect((await visitor.verify(idOf(asked), '654321')).body).toMatchObject({ code: 'code_rejected' });
    expect(await visitor.verify(idOf(asked), '123 456')).toMatchObject({ status: 200, body: { site: 'shop' } });
    expect(system.catcher.mails().filter(({ envelope }) => envelope.to.join().toLowerCase().startsWith('ci@'))).toEqual([]);
  });

  test('is said aloud when the API starts, without saying who it is', () => {
    const said = system.apis[0]?.output.filter((line) => line.includes('sandbox')).join('\n') ?? '';
    expect(said).toContain(`"level":"warn"`);
    expect(said).toContain(`"site":"shop","addresses":1,"until":"${tomorrow}T23:59:59.999Z"`);
    expect(everyone().flatMap(({ output }) => output).join('\n')).not.toMatch(/ci@shop|(?<![\w.-])123456(?![\w-])/i);
  });
});

describe('the sites file', () => {
  const wrong = `sites:\n  - id: default\n    name: The Blog\n    codeTtl: 1s\n  - id: Shop\n    nam: x\n    credentials: [hunter2]\n`;
  const mistakes = [
    /^DAYPASS_SITES: sites\[0\]\.codeTtl is malformed\. It wants a time from 2m to 60m/,
    /^DAYPASS_SITES: sites\[1\]\.nam is not known here\./,
    /^DAYPASS_SITES: sites\[1\]\.id is malformed\./,
    /^DAYPASS_SITES: sites\[1\]\.name is missing\.$/,
    /^DAYPASS_SITES: sites\[1\]\.credentials\[0\] is malformed\./,
  ];
  const messagesOf = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  const expectMistakes = (lines: readonly string[]) => {
    const messages = messagesOf(lines);
    for (const mistake of mistakes) expect(messages).toContainEqual(expect.stringMatching(mistake));
    expect(lines.join()).not.toContain('hunter2');
  };

  test.each(['api', 'mailer-worker'] as const)('with mistakes keeps the %s from starting, which names all of them', async (name) => {
    const other = await createSitesFile(wrong);
    try {
      const ended: unknown = await startService(name, { ...system.env, DAYPASS_SITES: other.path }).catch((error: unknown) => error);
      expect(ended).toBeInstanceOf(Error);
      const [first = '', ...lines] = (ended as Error).message.split('\n');
      expect(first).toMatch(/ended with 1/);
      expectMistakes(lines);
    } finally {
      await other.remove();
    }
  });

  test('a sandbox without an end is refused where PUBLIC_URL is https', async () => {
    const endless = await createSitesFile(sitesText([{ ...shop, sandbox: [{ address: 'ci@shop.example', code: '123456' }] }]));
    try {
      await expect(startService('api', { ...system.env, DAYPASS_SITES: endless.path })).rejects.toThrow(/sandbox\[0\]\.until is missing/);
    } finally {
      await endless.remove();
    }
  });

  test('with mistakes is refused at SIGHUP: they are all in the log, and the sites stay', async () => {
    await file.write(wrong);
    for (const lines of await reload([...system.apis, ...system.workers])) {
      expectMistakes(lines);
      expect(messagesOf(lines)).toContain('not reloaded: everything stays as it was');
    }
    expect((await ask(system.visitor(), 'shop')).status).toBe(202);
  });

  test('that is right takes effect at SIGHUP in every process, and each says by id what has changed', async () => {
    const visitor = system.visitor();
    const old = await ask(visitor, 'shop');
    const code = /^\d{3} \d{3}$/m.exec((await visitor.mail()).text)?.[0] ?? '';
    const granted = await visitor.verify(idOf(old), code);
    const bearer = { authorization: `Bearer ${String(granted.body['accessToken'])}` };
    expect((await visitor.get('/v1/pass', bearer)).status).toBe(200);

    const press = { id: 'press', name: 'The Press', origins: ['https://press.example'], sender: 'press@press.example' };
    await file.write(sitesText([{ ...blog, name: 'The Diary' }, press]));
    const reloaded = { what: 'sites', added: ['press'], removed: ['shop'], changed: ['default'], msg: 'reloaded' };
    const said = (await reload(everyone())).map((lines) => JSON.parse(lines.find((line) => line.includes('reload')) ?? '{}') as object);
    expect(said).toMatchObject([reloaded, reloaded, { msg: 'nothing to reload' }]);

    // What is new works, in the API and in the worker.
    const reader = system.visitor();
    expect(await ask(reader, 'press', undefined, { origin: 'https://press.example' })).toMatchObject({ status: 202, body: { site: 'press' } });
    expect((await reader.mail()).envelope.from).toBe('press@press.example');
    // What is gone is gone: the site, its origins, the ids that were made for it, its passes.
    expect((await ask(visitor, 'shop')).body).toMatchObject({ code: 'site_unknown' });
    expect((await ask(system.visitor(), 'default', undefined, { origin: 'https://shop.example' })).body).toMatchObject({ code: 'origin_refused' });
    expect((await visitor.get(`/v1/codes/${idOf(old)}`)).body).toMatchObject({ code: 'challenge_unknown' });
    expect((await visitor.get('/v1/pass', bearer)).body).toMatchObject({ code: 'pass_invalid' });
    // The sweeper, for which SIGHUP is none of its business, still runs.
    expect((await fetch(`${system.sweepers[0]?.opsUrl}/livez`)).status).toBe(200);
  });

  test('may be without a default one: a request that names no site is told so, and one that names another that it is not there', async () => {
    await file.write(sitesText([shop]));
    await reload(system.apis);
    const unnamed = { status: 404, body: { code: 'site_unknown', detail: 'There is no site called `default`, and the request names no other.' } };
    const visitor = system.visitor();
    expect(await visitor.post('/v1/codes', { email: visitor.email })).toMatchObject(unnamed);
    expect(await visitor.post('/v1/totp', {})).toMatchObject(unnamed);
    const elsewhere = { status: 404, body: { code: 'site_unknown', detail: 'This deployment has no site of that name.' } };
    expect(await ask(visitor, 'press')).toMatchObject(elsewhere);
    expect((await ask(visitor, 'shop')).status).toBe(202);
  });

  test('may be known to the API before the worker knows it: the mail waits for that', async () => {
    const early = { id: 'early', name: 'The Early' };
    await file.write(sitesText([blog, early]));
    await reload(system.apis);
    const visitor = system.visitor();
    expect((await ask(visitor, 'early')).status).toBe(202);
    const puts = () => system.workers.flatMap(({ output }) => output).some((line) => line.includes('"reason":"site_unknown"'));
    await expect.poll(puts).toBe(true);
    await reload(system.workers);
    expect((await visitor.mail()).subject).toBe('Your code for The Early');
  });
});
