import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startNginxExample, startProgram, type Example } from '@daypass/tools/demo/start-examples';
import { freePort } from '@daypass/tools/ports/free-port';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture, startChromium } from '../support/chromium.ts';
import { elementOn, expectStep } from '../support/element.ts';
import { someone } from '../support/element-system.ts';
import { createSitesFile, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import { codeIn } from '../support/visitor.ts';

let file: SitesFile;
let system: System;
let notes: Example;
let handbook: Example;
let browser: Browser;
beforeAll(async () => {
  const [apiPort, notesPort, handbookPort] = [await freePort(), await freePort(), await freePort()];
  const publicUrl = `http://localhost:${apiPort}`;
  // The examples' own, on ports that are free here.
  const sites = readFileSync(join(import.meta.dirname, '../../examples/sites.yaml'), 'utf8');
  file = await createSitesFile(sites.replaceAll('localhost:4002', `localhost:${notesPort}`).replaceAll('localhost:4001', `localhost:${handbookPort}`));
  system = await startSystem({ env: { DAYPASS_SITES: file.path, PUBLIC_URL: publicUrl, PORT: String(apiPort) } });
  notes = await startProgram('oidc-client', publicUrl, notesPort);
  handbook = await startNginxExample(publicUrl, handbookPort);
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([notes?.program.stop(), handbook?.program.stop()]);
  await system?.stop();
  await file?.remove();
});

const codeFor = async (email: string) => codeIn(await system.catcher.waitForMail((mail) => mail.envelope.to.includes(email), 15_000));
const openPage = async (url: string) => {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  await page.goto(url);
  return page;
};

describe('examples/oidc-client', () => {
  test('lets a visitor in by a code on the hosted page, and out again', async () => {
    const page = await openPage(notes.url);
    await page.getByRole('link', { name: 'Log in' }).click();
    await expectStep(page, 'address');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Get into Notes');
    await picture(page, 'example-oidc-login');
    const email = someone();
    await elementOn(page).askFor(email);
    await elementOn(page).type(await codeFor(email));
    await page.waitForURL(`${notes.url}/`);
    await page.getByText(email).waitFor();
    await picture(page, 'example-oidc-inside');

    await page.getByRole('link', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'End your pass?' }).waitFor();
    await picture(page, 'example-oidc-leave');
    await page.getByRole('button', { name: 'End my pass' }).click();
    await page.getByRole('link', { name: 'Log in' }).click();
    await expectStep(page, 'address');
  });
});

describe('examples/nginx-static', () => {
  test('sends a visitor through the login, and back to the very page', async () => {
    const page = await openPage(`${handbook.url}/second.html`);
    await expectStep(page, 'address');
    const email = someone();
    await elementOn(page).askFor(email);
    await elementOn(page).type(await codeFor(email));
    await page.getByRole('heading', { name: 'The second page' }).waitFor();
    expect(page.url()).toBe(`${handbook.url}/second.html`);
    await page.getByRole('link', { name: 'Leave' }).click();
    await picture(page, 'example-nginx-leave');
    await page.getByRole('button', { name: 'End my pass', exact: true }).click();
    await page.getByText('Your pass has ended.').waitFor();
    await page.goto(handbook.url);
    await expectStep(page, 'address');
  });
});
