import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '@daypass/tools/processes/run-command';
import { repoDir } from '@daypass/tools/repo';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newAddress, startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import { startNginx, type Nginx } from '../support/nginx.ts';

let access: AccessSystem;
let application: Server;
let nginx: Nginx;
/** What the application behind nginx was asked. */
let seen: { url: string; headers: IncomingHttpHeaders }[] = [];

beforeAll(async () => {
  access = await startAccessSystem([
    { id: 'intranet', name: 'The Intranet', pass: { ttl: '1h', email: true }, returnOrigins: ['https://intranet.example'] },
  ]);
  application = createServer(({ url = '', headers }, response) => {
    seen.push({ url, headers });
    response.setHeader('content-type', 'text/html').end(`<p>the page at ${url}</p>`);
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  const { port } = application.address() as AddressInfo;
  nginx = await startNginx({ application: `http://127.0.0.1:${port}`, daypass: access.publicUrl, site: 'intranet' });
}, 180_000);
afterAll(async () => {
  await nginx?.stop();
  application?.close();
  await access?.stop();
});
beforeEach(() => {
  seen = [];
});

describe('a site behind nginx as docs/forward-auth.md sets it up', () => {
  test('sends who opens a page to the login, and after the code to the very page', async () => {
    const browser = access.browser();
    const login = await browser.open(`${nginx.url}/reports?year=2026&q=a%2Fb`);
    expect(login.url).toContain(`${access.publicUrl}/login?way=`);
    expect(seen).toEqual([]);
    const page = await access.logIn(browser, login, 'ada.lovelace@example.com');
    expect(page.url).toBe(`${nginx.url}/reports?year=2026&q=a%2Fb`);
    expect(page.text).toBe('<p>the page at /reports?year=2026&q=a%2Fb</p>');
    expect(seen[0]?.headers['remote-user']).toMatch(/^[\w-]{43}$/);
    expect(seen[0]?.headers['remote-email']).toBe('ada.lovelace@example.com');
    expect((await browser.open(`${nginx.url}/again`)).text).toContain('/again');
  });

  test('answers what a page loads with a 401 problem', async () => {
    const browser = access.browser();
    // nginx has ideas of its own about what a style sheet is.
    for (const path of ['/api/data', '/style.css']) {
      const answer = await browser.fetch(nginx.url + path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(JSON.parse(answer.text)).toMatchObject({ status: 401, code: 'pass_invalid' });
    }
    const posted = await browser.fetch(`${nginx.url}/form`, { method: 'POST', body: 'a=b', headers: { 'sec-fetch-mode': 'navigate', origin: nginx.url } });
    expect(posted.status).toBe(401);
    expect(seen).toEqual([]);
  });

  test('lets neither what a client says it is nor the pass through to the application', async () => {
    const browser = access.browser();
    await access.logIn(browser, await browser.open(`${nginx.url}/`));
    browser.cookies(nginx.url).set('theme', 'dark');
    seen = [];
    const spoofed = { 'remote-user': 'admin', 'Remote-Email': 'admin@example.com', remote_user: 'admin', 'x-original-url': 'https://evil.example/' };
    expect((await browser.fetch(`${nginx.url}/`, { headers: spoofed })).status).toBe(200);
    const headers: IncomingHttpHeaders = seen[0]?.headers ?? {};
    expect(headers['remote-user']).toMatch(/^[\w-]{43}$/);
    expect(headers['remote-email']).toMatch(/^visitor/);
    expect(headers.cookie).toBe('theme=dark');
    expect(JSON.stringify(headers)).not.toContain('admin');

    const stranger = await fetch(`${nginx.url}/`, { headers: spoofed, redirect: 'manual' });
    expect(stranger.status).toBe(401);
    expect(seen).toHaveLength(1);
  });

  test('lets a form and an upload of who is in through, whatever the method', async () => {
    const browser = access.browser();
    await access.logIn(browser, await browser.open(`${nginx.url}/`));
    const posted = await browser.fetch(`${nginx.url}/form`, { method: 'POST', body: 'x'.repeat(20_000), headers: { origin: nginx.url } });
    expect(posted.status).toBe(200);
  });

  test('is closed within a second by ‘end all my passes’ at either API process', async () => {
    for (const api of [access.publicUrl, access.second.url]) {
      const browser = access.browser();
      await access.logIn(browser, await browser.open(`${nginx.url}/`));
      expect((await browser.fetch(`${nginx.url}/`)).status).toBe(200);
      const authorization = `Bearer ${browser.cookies(nginx.url).get('daypass')}`;
      expect((await fetch(`${api}/v1/passes`, { method: 'DELETE', headers: { authorization } })).status).toBe(204);
      await pause(1_000);
      expect((await browser.fetch(`${nginx.url}/`)).status).toBe(401);
      expect((await fetch(`${access.second.url}/v1/pass`, { headers: { authorization } })).status).toBe(401);
    }
  });

  test('has a page to leave by, which no other page can send', async () => {
    const browser = access.browser();
    await access.logIn(browser, await browser.open(`${nginx.url}/`));
    const page = await browser.open(`${nginx.url}/.daypass/leave`);
    const foreign = await browser.submit(page, '/leave', { which: 'all' }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
    expect((await browser.fetch(`${nginx.url}/`)).status).toBe(200);
    expect((await browser.submit(page, '/leave', { which: 'one' })).text).toContain('Your pass has ended.');
    expect((await browser.fetch(`${nginx.url}/`)).status).toBe(401);
  });

  test('is found to work by the script that the page gives, and by nothing that lacks a pass', async () => {
    const script = /```sh\n(SITE=.*?)```/s.exec(await readFile(join(repoDir, 'docs/forward-auth.md'), 'utf8'))?.[1] ?? '';
    const here = script
      .replace('http://localhost:8080', nginx.url)
      .replace('http://localhost:3000', access.publicUrl)
      .replace('http://localhost:8025', access.system.catcher.inboxUrl)
      .replace('ada@example.com', newAddress())
      .replace('sleep 3', 'sleep 10'); // A busy machine is slower than a reader's.
    const said = await runCommand('sh', ['-euc', here], { timeoutMs: 60_000 });
    // The page of this application does not end its line.
    expect(said).toEqual(['401', expect.stringMatching(/^302 http/), '<p>the page at /</p>200', '401']);
  });

  test('under another host name than its own is closed, and leads nowhere', async () => {
    const answer = await fetch(`${nginx.url}/`, { headers: { host: 'evil.example', accept: 'text/html' }, redirect: 'manual' });
    expect(answer.headers.has('location')).toBe(false);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});
