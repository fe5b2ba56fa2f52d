import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@daypass/tools/ports/free-port';
import { startLeashedProcess, type LeashedProcess } from '@daypass/tools/processes/leashed-process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture, startChromium } from '../support/chromium.ts';
import { elementOn, expectStep } from '../support/element.ts';
import { someone } from '../support/element-system.ts';
import { openPage } from '../support/site-page.ts';
import { createSitesFile, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import { codeIn } from '../support/visitor.ts';

const exampleDir = join(import.meta.dirname, '../../examples/express');

let file: SitesFile;
let system: System;
let example: LeashedProcess;
let browser: Browser;
let origin: string;
beforeAll(async () => {
  const [port, apiPort] = [await freePort(), await freePort()];
  origin = `http://localhost:${port}`;
  const publicUrl = `http://localhost:${apiPort}`;
  // The example's own, on a port that is free here.
  file = await createSitesFile(readFileSync(join(exampleDir, '../sites.yaml'), 'utf8').replace('http://localhost:4000', origin));
  system = await startSystem({ env: { DAYPASS_SITES: file.path, PUBLIC_URL: publicUrl, PORT: String(apiPort) } });
  const { promise: listens, resolve } = Promise.withResolvers<void>();
  example = startLeashedProcess({
    command: process.execPath,
    args: [join(exampleDir, 'server.mjs')],
    env: { PATH: process.env['PATH'], PORT: String(port), DAYPASS_URL: publicUrl },
    onLine: (line) => line.startsWith('http://') && resolve(),
  });
  await listens;
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await example?.stop();
  await system?.stop();
  await file?.remove();
});

describe('examples/express', () => {
  test('lets a visitor inside who typed the code of the mail', async () => {
    const page = await openPage(browser, origin);
    await expectStep(page, 'address');
    await picture(page, 'example-express');
    const email = someone();
    await elementOn(page).askFor(email);
    const mail = await system.catcher.waitForMail((each) => each.envelope.to.includes(email), 15_000);
    await elementOn(page).type(codeIn(mail));
    await page.waitForURL(`${origin}/inside`);
    expect(await page.getByRole('heading').textContent()).toBe('You are inside');
    expect(await page.evaluate('document.cookie')).toBe('');
    await picture(page, 'example-express-inside');
  });

  test('lets nobody inside without a pass, or with one that is forged or for another site', async () => {
    const visitor = system.visitor();
    const { body } = await visitor.post('/v1/codes', { email: visitor.email, site: 'example' });
    const granted = await visitor.verify(String(body['id']), await visitor.code());
    const pass = String(granted.body['accessToken']);
    const inside = (cookie: string) => fetch(`${origin}/inside`, { redirect: 'manual', headers: { cookie } });
    expect((await inside(`pass=${pass}`)).status).toBe(200);
    const [head, claims, signature = ''] = pass.split('.');
    const edited = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()), aud: 'other' })).toString('base64url');
    for (const wrong of ['', 'x', `${head}.${edited}.${signature}`, `${head}.${claims}.${'A'.repeat(signature.length)}`]) {
      expect((await inside(`pass=${wrong}`)).status).toBe(302);
    }
    const other = await fetch(`${origin}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"accessToken":"x"}' });
    expect(other.status).toBe(401);
  });
});
