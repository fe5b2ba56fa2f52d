// The routes that the reference does not describe: pages and their forms, OpenID Connect, protected origins, reports.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anything, findFault, findFaults, header, nastyTexts, runs, urlPart } from '../support/fuzz.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';

const origin = 'http://localhost:3000';
const reportSecret = 'whoever-reports-a-mail-knows-this';
const site = {
  id: 'default',
  name: 'Default',
  origins: [origin],
  returnOrigins: ['https://intranet.example'],
  redirectUris: ['http://localhost:4000/callback'],
  totp: { anonymous: true },
};
/** What is right in its place. */
const fitting = ['default', 'openid', 'code', 'none', 'S256', 'authorization_code', ...site.redirectUris, 'https://intranet.example/page', origin, 'a'.repeat(43), '123456'];
const names = [
  'site', 'way', 'state', 'locale', 'email', 'code', 'to', 'token', 'device', 'which', 'client_id', 'client_secret', 'redirect_uri', 'response_type',
  'response_mode', 'scope', 'nonce', 'prompt', 'max_age', 'id_token_hint', 'login_hint', 'claims', 'request', 'post_logout_redirect_uri', 'code_verifier',
  'code_challenge', 'grant_type', 'refresh_token', 'xsrf', '__proto__',
];

/** Routes that ask for the same things: `right` is what lets a request past their first checks, so that the rest of it is looked at. */
interface Room {
  get: string[];
  post: string[];
  right: Record<string, string>[];
  headers: Record<string, string>;
}
const client = { client_id: site.id, redirect_uri: 'http://localhost:4000/callback', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
const rooms: Room[] = [
  {
    get: ['/login', '/login/done', '/login/ended', '/login/logo/:part', '/day-pass/:part.json', '/problems/:part'],
    post: ['address', 'resend', 'other', 'turn', 'code', 'app-code', 'recovery-code', 'granted', 'end', 'enrol', 'enrolled'].map((step) => `/login/${step}`),
    right: [{ site: site.id }, { email: 'somebody@example.com', code: '7Q4M-Z0XK' }],
    headers: { origin },
  },
  {
    get: ['/.well-known/openid-configuration', ...['authorize', 'authorize/:part', 'userinfo', 'logout', 'logout/success'].map((path) => `/oauth2/${path}`)],
    post: ['token', 'introspect', 'revoke', 'userinfo', 'logout/confirm'].map((path) => `/oauth2/${path}`),
    right: [
      { ...client, response_type: 'code', scope: 'openid' },
      { ...client, grant_type: 'authorization_code', code: 'a'.repeat(43), code_verifier: 'a'.repeat(43) },
      { client_id: site.id, token: 'a'.repeat(43) },
    ],
    headers: { origin },
  },
  {
    get: ['/.daypass/login', '/.daypass/callback', '/.daypass/leave', '/v1/forward-auth'],
    post: ['/.daypass/leave'],
    right: [{ site: site.id }, { site: site.id, to: 'https://intranet.example/page' }, { code: 'a'.repeat(43) }, { which: 'all' }],
    // As a proxy says it.
    headers: { origin: 'https://intranet.example', 'x-forwarded-host': 'intranet.example', 'x-forwarded-proto': 'https', 'x-forwarded-uri': '/page', accept: 'text/html' },
  },
];

let sites: SitesFile;
let system: System;
/** A login that has begun, and one that waits for its code, as their pages carry them; and their browser. */
let states: string[];
let browser: string;
beforeAll(async () => {
  sites = await createSitesFile(sitesText([site]));
  system = await startSystem({ env: { LOG_LEVEL: 'info', DAYPASS_SITES: sites.path, DAYPASS_REPORT_SECRET: reportSecret } });
  const begun = await fetch(at('/login?site=default'));
  browser = begun.headers.getSetCookie().map((set) => set.split(';')[0]).join('; ');
  const first = stateOf(await begun.text());
  const headers = { origin, cookie: browser };
  const sent = await fetch(at('/login/address'), { method: 'POST', headers, body: new URLSearchParams({ state: first, email: 'begun@example.com' }) });
  states = [first, stateOf(await sent.text())];
  if (new Set(states).size !== 2) throw new Error('the login did not go on');
});
afterAll(async () => {
  await system?.stop();
  await sites?.remove();
});

const stateOf = (html: string) => /name="state" value="([^"]+)"/.exec(html)?.[1] ?? '';
const at = (path: string) => `${system.apis[0]?.url}${path}`;
const text = fc.oneof(fc.constantFrom(...nastyTexts.map(String)), fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(...fitting)).map((value) => value.toWellFormed());
const cookies = fc
  .dictionary(
    fc.constantFrom('daypass', 'daypass-device', 'daypass-login', 'daypass-app', 'daypass-way', 'daypass-oidc', 'daypass-oidc-step', 'daypass-oidc-resume'),
    fc.oneof(urlPart, fc.constantFrom('{', 'a.b.c', '"')),
    { maxKeys: 4 },
  )
  .map((jar) => Object.entries(jar).map((pair) => pair.join('=')));
const asked = ({ right, headers }: Room) => {
  const others = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 10 }).map((name) => name.toWellFormed())), text, { maxKeys: 6 });
  const fields = fc.tuple(fc.constantFrom({}, ...right), fc.oneof(fc.constant({}), others)).map((members) => new URLSearchParams(Object.assign({}, ...members)).toString());
  const broken = fc.constantFrom('%', '&&&=', 'state=%ff%fe&state[]=1', 'x'.repeat(20_000), '\0');
  return fc.record({
    form: fc.oneof({ weight: 4, arbitrary: fields }, broken),
    query: fields,
    part: urlPart,
    jar: cookies,
    headers: fc.oneof(fc.constant(headers), header, header.map((odd) => ({ ...headers, ...odd }))),
  });
};

test.each(rooms.flatMap((room) => room.get.map((path) => ({ path, room }))))('GET $path answers whatever its query, path, cookies and headers hold', async ({ path, room }) => {
  const attempts = fc.sample(asked(room), runs).map(({ query, part, jar, headers }) => () =>
    findFault(`${at(path.replace(':part', part))}?${query}`, { method: 'GET', headers: { cookie: jar.join('; '), ...headers } }),
  );
  expect(await findFaults(attempts)).toEqual([]);
});

// The provider itself fails at it: see mount-provider.ts.
test('where a login comes back to takes no query', async () => {
  const url = at(`/oauth2/authorize/anything?client_id=${site.id}`);
  expect(await findFault(url, { method: 'GET' })).toBeUndefined();
});

test.each(rooms.flatMap((room) => room.post.map((path) => ({ path, room }))))('the form $path answers whatever its fields hold', async ({ path, room }) => {
  const attempts = fc.sample(asked(room), runs).map(({ form, jar, headers }, index) => () => {
    const state = states[index % 3];
    return findFault(at(path), {
      method: 'POST',
      body: state ? `${new URLSearchParams({ state }).toString()}&${form}` : form,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: [...jar, ...(state ? [browser] : [])].join('; '), ...headers },
    });
  });
  expect(await findFaults(attempts)).toEqual([]);
});

test('reports of mails are answered whatever they hold', async () => {
  const entry = fc.dictionary(fc.constantFrom('messageId', 'kind', '__proto__'), fc.oneof(anything, fc.constantFrom('hard-bounce', '<a@b>')));
  const json = fc.oneof(anything, fc.array(fc.oneof(anything, entry), { maxLength: 5 })).map((value) => ({ type: 'application/json', body: JSON.stringify(value) ?? '' }));
  const line = fc.oneof(
    fc.constantFrom(
      'Content-Type: multipart/report; boundary=b', '--b', '--b--', 'Content-Type: message/delivery-status', 'Content-Type: message/rfc822', '', 'Status: 5.1.1',
      'Action: failed', 'Message-ID: <a.1@b>', 'Feedback-Type: abuse', 'Content-Type: multipart/report; boundary=""', ` ${'x'.repeat(2_000)}`,
    ),
    text,
  );
  const type = fc.constantFrom('message/rfc822', 'message/delivery-status', 'multipart/report', 'multipart/report; boundary=b', 'text/plain');
  const mail = fc.record({ type, body: fc.array(line, { maxLength: 40 }).map((lines) => lines.join('\r\n')) });
  const attempts = fc.sample(fc.oneof(json, mail), 4 * runs).map((report) => () =>
    findFault(at('/v1/mail-reports'), { method: 'POST', body: report.body, headers: { 'content-type': report.type, authorization: `Bearer ${reportSecret}` } }),
  );
  expect(await findFaults(attempts)).toEqual([]);
});

test('none of it was a fault of ours: the log has none', () => {
  expect(system.apis.flatMap(({ output }) => output.filter((line) => /"level":"(error|fatal)"/.test(line)))).toEqual([]);
});
