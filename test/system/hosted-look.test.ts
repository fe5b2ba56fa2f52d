import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress } from '../support/access-system.ts';
import { findBarriers, picture } from '../support/chromium.ts';
import { elementOn, expectStep } from '../support/element.ts';
import { startHostedSystem, type HostedSystem } from '../support/hosted-system.ts';

let at: HostedSystem;
beforeAll(async () => {
  at = await startHostedSystem();
});
afterAll(() => at?.stop());

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

describe('the look of the hosted page', () => {
  test.each<[string, string, BrowserContextOptions]>([
    ['dark', '?site=shop', { colorScheme: 'dark' }],
    ['yellow', '?site=yellow', {}],
    ['yellow-dark', '?site=yellow', { colorScheme: 'dark' }],
    ['phone', '?site=shop', { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
    ['narrow', '?site=default', { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true }],
    ['arabic', '?site=shop', { locale: 'ar' }],
    ['japanese', '', { locale: 'ja' }],
  ])('is right, and without barriers: %s', async (name, query, context) => {
    const page = await at.open(query, context);
    await expectStep(page, 'address');
    await picture(page, `hosted-look-${name}-address`);
    await elementOn(page).askFor(newAddress());
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await picture(page, `hosted-look-${name}-code`);
  });

  test('is the same with and without JavaScript, to the pixel that the card has', async () => {
    const box = async (page: Page, inside: string) => page.locator(`${inside} .frame:visible`).boundingBox();
    const plain = await at.open('?site=shop', { javaScriptEnabled: false });
    const enhanced = await at.open('?site=shop');
    await expectStep(enhanced, 'address');
    expect(await box(plain, 'main')).toEqual(await box(enhanced, 'day-pass'));
  });

  test('does not move where that is not wanted', async () => {
    const page = await at.open('', { reducedMotion: 'reduce' });
    await expectStep(page, 'address');
    const moves = `[...document.querySelectorAll('*'), ...document.querySelector('day-pass').shadowRoot.querySelectorAll('*')]
      .map((each) => getComputedStyle(each)).filter((style) => style.display !== '' && (style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0)).length`;
    expect(await page.evaluate(moves)).toBe(0);
  });

  test('costs little: what is loaded, and when it can be used', async () => {
    for (const [query, most] of [['?site=shop', 3], ['?site=shop&locale=ar', 4]] as const) {
      const page = await at.open('?site=nobody');
      const sizes: { name: string; bytes: number }[] = [];
      page.on('requestfinished', async (request) => {
        const { responseBodySize } = await request.sizes();
        sizes.push({ name: new URL(request.url()).pathname, bytes: responseBodySize });
      });
      await at.again(page, query);
      await expectStep(page, 'address');
      await page.waitForLoadState('networkidle');
      const usable = await page.evaluate<number>(`performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`);
      const loaded = sizes.filter(({ name }) => !name.startsWith('/login/logo'));
      // oxlint-disable-next-line no-console -- figures for whoever runs it
      console.log(`hosted page ${query}: ${loaded.map(({ name, bytes }) => `${name} ${kilobytes(bytes)}`).join(', ')}; scripts done after ${Math.round(usable)} ms`);
      expect(loaded.length).toBeLessThanOrEqual(most);
      expect(sizes.find(({ name }) => name === '/login.js')?.bytes).toBeLessThan(15_000);
      expect(sizes.find(({ name }) => name === '/login')?.bytes).toBeLessThan(25_000);
    }
  });
});
