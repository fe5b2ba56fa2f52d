import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress } from '../support/access-system.ts';
import { findBarriers, picture } from '../support/chromium.ts';
import { elementOn, expectStep, focused } from '../support/element.ts';
import { startHostedSystem, type HostedSystem } from '../support/hosted-system.ts';

let at: HostedSystem;
beforeAll(async () => {
  at = await startHostedSystem();
});
afterAll(() => at?.stop());

describe('the hosted page, with JavaScript', () => {
  test('is the element: from an address to a pass in the cookie without another page', async () => {
    const page = await at.open('?site=shop');
    await expectStep(page, 'address');
    expect(await focused(page)).toBe('day-pass-address');
    await picture(page, 'hosted-1-address');
    const element = elementOn(page);
    const email = newAddress();
    await element.askFor(email);
    await expect.poll(() => element.status.textContent()).toMatch(/^Delivered to your mail server/);
    await picture(page, 'hosted-2-code');
    await element.type((await at.codeFor(email)).toLowerCase().replace('-', ' '));
    await page.waitForURL('**/login/done');
    expect(await at.holderIn(page)).toMatchObject({ site: 'shop', methods: ['email'] });
    await picture(page, 'hosted-3-in');
    expect(at.violations(page)).toEqual([]);
    // Who is in already is not asked again.
    await at.again(page, '?site=shop');
    expect(page.url()).toContain('/login/done');
    await page.getByRole('button', { name: 'End all my passes' }).click();
    await page.waitForURL('**/login/ended');
    expect(await at.holderIn(page)).toMatchObject({ code: 'pass_invalid' });
    await picture(page, 'hosted-4-left');
  });

  test('shows how far a puzzle is, and does it in a thread of its own', async () => {
    const page = await at.open('?site=proven');
    await expectStep(page, 'address');
    const threads: string[] = [];
    page.on('worker', (worker) => threads.push(worker.url()));
    await page.evaluate(`(() => {
      const bar = document.querySelector('day-pass').shadowRoot.querySelector('progress');
      window.shown = [];
      new MutationObserver(() => bar.hidden || window.shown.push(bar.value)).observe(bar, { attributes: true });
    })()`);
    const email = newAddress();
    await elementOn(page).askFor(email);
    expect(threads).toEqual([expect.stringMatching(/^blob:/)]);
    const shown = await page.evaluate<number[]>('window.shown');
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.every((value) => value >= 0 && value < 1)).toBe(true);
    await elementOn(page).type(await at.codeFor(email));
    await page.waitForURL('**/login/done');
    expect(at.violations(page)).toEqual([]);
  });

  test('goes on after a reload and in a second tab', async () => {
    const page = await at.open();
    await expectStep(page, 'address');
    const email = newAddress();
    await elementOn(page).askFor(email);
    await page.reload();
    await expectStep(page, 'code');
    const second = await page.context().newPage();
    await second.goto(page.url());
    await expectStep(second, 'code');
    await elementOn(second).type(await at.codeFor(email));
    await second.waitForURL('**/login/done');
    expect(await at.holderIn(second)).toMatchObject({ site: 'default' });
  });

  test('takes over what was typed before it had come', async () => {
    const page = await at.open('?site=shop');
    await expectStep(page, 'address');
    const { promise: typed, resolve } = Promise.withResolvers<void>();
    await page.route('**/login.js', async (route) => {
      await typed;
      await route.continue();
    });
    const loaded = page.goto(`${at.access.publicUrl}/login?site=shop`);
    const email = newAddress();
    await page.locator('input#email').fill(email);
    resolve();
    await loaded;
    await expectStep(page, 'address');
    expect(await elementOn(page).input.inputValue()).toBe(email);
  });

  test('is for the keyboard alone too, in the order that is seen', async () => {
    const page = await at.open();
    await expectStep(page, 'address');
    const email = newAddress();
    await page.keyboard.type(email);
    await page.keyboard.press('Enter');
    await expectStep(page, 'code');
    expect(await focused(page)).toBe('day-pass-code');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('code.resend');
    await picture(page, 'hosted-keyboard');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type(await at.codeFor(email));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login/done');
  });

  test('tells of wrong codes, and after the last that it takes a new one', async () => {
    const page = await at.open();
    await expectStep(page, 'address');
    const element = elementOn(page);
    const email = newAddress();
    await element.askFor(email);
    await at.codeFor(email);
    for (const [index, left] of ['4 attempts left.', '3 attempts left.', '2 attempts left.', '1 attempt left.'].entries()) {
      await element.input.fill(`0000-000${index}`);
      await expect.poll(() => element.error.textContent()).toBe(`That is not the code. ${left}`);
    }
    await picture(page, 'hosted-wrong-code');
    await element.input.fill('0000-0009');
    await expect.poll(() => element.error.textContent()).toBe('Too many wrong codes. Ask for a new one.');
    await picture(page, 'hosted-exhausted');
  });
});

describe('the hosted page, without JavaScript', () => {
  test('does the same with forms, one page a step', async () => {
    const page = await at.open('?site=shop', { javaScriptEnabled: false });
    await picture(page, 'hosted-plain-1-address', { plain: true });
    const email = newAddress();
    await page.getByLabel('Email address').fill('ada@');
    await page.getByLabel('Email address').evaluate((input) => input.removeAttribute('type'));
    await page.getByRole('button', { name: 'Email me a code' }).click();
    await picture(page, 'hosted-plain-wrong-address', { plain: true });
    await page.getByLabel('Email address').fill(email);
    await page.getByRole('button', { name: 'Email me a code' }).click();
    await at.mailTo(email);
    await picture(page, 'hosted-plain-2-code', { plain: true });
    await page.getByLabel('One-time code').fill('AAAA-AAAA');
    await page.getByRole('button', { name: 'Let me in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('That is not the code. 4 attempts left.');
    await picture(page, 'hosted-plain-wrong-code', { plain: true });
    await page.getByLabel('One-time code').fill(await at.codeFor(email));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login/done');
    expect(await at.holderIn(page)).toMatchObject({ site: 'shop' });
    await picture(page, 'hosted-plain-3-in', { plain: true });
  });

  test('has no barriers in any step: they are looked for with the scripts of the page shut out', async () => {
    const page = await at.open();
    await page.route('**/login.js', (route) => route.abort());
    await at.again(page, '?site=shop');
    expect(await findBarriers(page)).toEqual([]);
    const email = newAddress();
    await page.getByLabel('Email address').fill(email);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login?state=*');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('One-time code').fill('AAAA-AAAA');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use another address' }).click();
    await at.again(page, '?site=proven');
    await page.getByLabel('Email address').fill(newAddress());
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await picture(page, 'hosted-plain-puzzle');
    for (const path of ['/login?site=nobody', '/login?state=x', '/oauth2/authorize?client_id=nobody']) {
      await page.goto(`${at.access.publicUrl}${path}`);
      expect(await findBarriers(page)).toEqual([]);
    }
    await picture(page, 'hosted-client-wrong');
  });
});
