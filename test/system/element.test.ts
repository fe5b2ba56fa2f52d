import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tempFolder } from '@daypass/tools/testing/temp-folder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture } from '../support/chromium.ts';
import { elementOn, expectStep, focused } from '../support/element.ts';
import { someone, startElementSystem, type ElementSystem } from '../support/element-system.ts';

let at: ElementSystem;
beforeAll(async () => {
  at = await startElementSystem();
});
afterAll(() => at?.stop());

describe('a visitor', () => {
  test('gets from an address to a pass, and the page is told', async () => {
    const page = await at.open();
    const element = elementOn(page);
    const email = someone();
    await picture(page, 'element-1-address');
    await element.askFor(email);
    await expect.poll(() => element.status.textContent()).toMatch(/^Delivered to your mail server/);
    await picture(page, 'element-2-code');
    await element.type((await at.codeFor(email)).toLowerCase().replace('-', ' '));
    await expectStep(page, 'done');
    const grant = await element.granted();
    expect(await at.holderOf(grant?.accessToken)).toMatchObject({ site: 'default', methods: ['email'] });
    expect(await focused(page)).toBe('h2');
    await picture(page, 'element-3-in');
  });

  test('gets in by pasting the whole mail', async () => {
    const page = await at.open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const email = someone();
    await elementOn(page).askFor(email);
    const { text } = await at.mailTo(email);
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.keyboard.press('Control+V');
    await expectStep(page, 'done');
    expect(await elementOn(page).granted()).toMatchObject({ site: 'default' });
  });

  test('gets in with the keyboard alone', async () => {
    const page = await at.open();
    const email = someone();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('day-pass-address');
    await page.keyboard.type(email);
    await page.keyboard.press('Enter');
    await expectStep(page, 'code');
    expect(await focused(page)).toBe('day-pass-code');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('submit');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('code.resend');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('code.otherAddress');
    await picture(page, 'element-keyboard');
    for (let back = 0; back < 3; back += 1) await page.keyboard.press('Shift+Tab');
    await page.keyboard.type(await at.codeFor(email));
    await page.keyboard.press('Enter');
    await expectStep(page, 'done');
    expect(await elementOn(page).granted()).toBeDefined();
  });

  test('is told of a wrong code how many tries are left, and after the last that it takes a new code', async () => {
    const page = await at.open();
    const element = elementOn(page);
    const email = someone();
    await element.askFor(email);
    await at.codeFor(email);
    for (const [index, left] of ['4 attempts left.', '3 attempts left.', '2 attempts left.', '1 attempt left.'].entries()) {
      // Filled in, it is tried at once. Pressing the button too is no second try of the same.
      await element.input.fill(`0000-000${index}`);
      await expect.poll(() => element.error.textContent()).toBe(`That is not the code. ${left}`);
      await element.submit.click();
      await expect.poll(() => element.error.textContent()).toBe(`That is not the code. ${left}`);
      expect(await focused(page)).toBe('day-pass-code');
    }
    await picture(page, 'element-wrong-code');
    await element.input.fill('0000-0009');
    await expect.poll(() => element.error.textContent()).toBe('Too many wrong codes. Ask for a new one.');
    await picture(page, 'element-exhausted');
    await element.action('Ask for a new code').click();
    await expectStep(page, 'address');
    expect(await element.input.inputValue()).toBe(email);
  });

  test('is told at once that an address is none, and that a code is too short', async () => {
    const page = await at.open();
    const element = elementOn(page);
    await element.type('ada@');
    await expect.poll(() => element.error.textContent()).toBe('That does not look like an email address.');
    await element.askFor(someone());
    await element.type('ABC');
    await expect.poll(() => element.error.textContent()).toMatch(/^The code has 8 characters/);
    expect(await element.input.getAttribute('aria-invalid')).toBe('true');
  });

  test('goes on after a reload, and in a second tab', async () => {
    const page = await at.open();
    const email = someone();
    await elementOn(page).askFor(email);
    await page.reload();
    await expectStep(page, 'code');
    const second = await page.context().newPage();
    await second.goto(page.url());
    await expectStep(second, 'code');
    await elementOn(second).type(await at.codeFor(email));
    await expectStep(second, 'done');
    const kept = await page.evaluate('JSON.stringify(localStorage)');
    expect(kept).not.toContain(email.split('@')[0]);
    expect(kept).not.toContain('eyJhbGciOiJFZERTQSIs'); // A pass begins like that.
  });

  test('may have the code sent again when its time has come, and not before', async () => {
    const page = await at.blank();
    await page.clock.install();
    await page.goto(at.url());
    await expectStep(page, 'address');
    const element = elementOn(page);
    await element.askFor(someone());
    const again = element.action(/^Send it again/);
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    expect(await again.textContent()).toMatch(/^Send it again in \d+ seconds?$/);
    await page.clock.fastForward(61_000);
    await expect.poll(() => again.getAttribute('aria-disabled')).toBe('false');
    // By the API's clock it is too early: that is said, with how long.
    await again.click();
    await expect.poll(() => element.error.textContent()).toMatch(/^That was too often. Try again in \d+ seconds?\.$/);
  });

  test('uses another address', async () => {
    const page = await at.open();
    const element = elementOn(page);
    await element.askFor(someone());
    await element.action('Use another address').click();
    await expectStep(page, 'address');
    expect(await focused(page)).toBe('day-pass-address');
  });

  test('hears of a site that is not set up for this page', async () => {
    const page = await at.open({ attributes: { site: 'none' } });
    const element = elementOn(page);
    await element.type(someone());
    await expect.poll(() => element.error.textContent()).toMatch(/^This site is not set up for that/);
  });

  test('hears of no connection in a page from disk, and whoever made the page that its origin may be why', async () => {
    const path = join(tempFolder(), 'page.html');
    writeFileSync(path, `<!doctype html><title>A page</title><script type="module" src="${at.system.apis[0]?.url}/day-pass.js"></script><day-pass></day-pass>`);
    const page = await at.blank();
    const warned: string[] = [];
    page.on('console', (message) => message.type() === 'warning' && warned.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    const element = elementOn(page);
    await element.type(someone());
    await expect.poll(() => element.error.textContent(), { timeout: 10_000 }).toBe('There is no connection. Are you online?');
    expect(warned).toEqual([expect.stringMatching(/^<day-pass>: no answer\. Is \S+ one of the origins of the site "default"\?$/)]);
  });
});
