import { builtInSite, type Site } from '@daypass/core/sites/site';
import { directionOf, locales, type Locale } from '@daypass/messages/locale';
import { escapeHtml } from '@daypass/runtime/escape-html';
import { sampleMail } from '@daypass/tools/mail-preview/preview-page';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture, startChromium } from '../support/chromium.ts';

const letters: Site = { ...builtInSite([]), name: 'Harbour Library' };
const digits: Site = { ...letters, codeFormat: { alphabet: 'numeric', length: 6 }, codeInSubject: true };
const sites = { letters, digits };
const screens = [
  { name: 'desk', width: 640, height: 420, colorScheme: 'light' },
  { name: 'phone', width: 320, height: 480, colorScheme: 'dark' },
] as const;

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

async function show(html: string, { width, height, colorScheme }: { width: number; height: number; colorScheme: 'light' | 'dark' }): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.setContent(html);
  return page;
}

describe.each(locales)('a mail in %s', (locale: Locale) => {
  test.each(Object.keys(sites) as (keyof typeof sites)[])('fits a desk and a phone, light and dark, and shows its code large, on one line and left to right: %s', async (kind) => {
    const { html, text } = sampleMail(sites[kind], locale);
    for (const screen of screens) {
      const page = await show(html, screen);
      const look = await page.evaluate(`(() => {
        const code = document.querySelector('[aria-label]');
        const range = document.createRange();
        range.selectNodeContents(code);
        const style = getComputedStyle(code);
        const box = code.getBoundingClientRect();
        return {
          direction: document.documentElement.dir, codeDirection: style.direction, size: parseFloat(style.fontSize),
          lines: Math.round(box.height / parseFloat(style.lineHeight)), select: style.userSelect,
          inside: box.left >= 0 && box.right <= innerWidth, overflow: document.documentElement.scrollWidth - innerWidth,
          shown: document.body.innerText, background: getComputedStyle(document.documentElement).backgroundColor,
        };
      })()`);
      expect(look).toMatchObject({ direction: directionOf(locale), codeDirection: 'ltr', lines: 1, select: 'all', inside: true });
      const { size, overflow, shown } = look as { size: number; overflow: number; shown: string };
      expect(size).toBeGreaterThanOrEqual(30);
      expect(overflow).toBeLessThanOrEqual(0);
      // The text part says what the HTML says.
      for (const line of shown.split('\n').map((each) => each.trim()).filter(Boolean)) {
        expect(text.replaceAll(/\s+/g, ' ')).toContain(line.replaceAll(/\s+/g, ' '));
      }
      // A mail is read inside of a page of somebody else's: it needs no landmarks of its own.
      await picture(page, `mail-${kind}-${locale}-${screen.name}`, { except: /^(landmark|region|page-has-heading)/ });
      await page.close();
    }
  });
});

test('all of them are on one picture, for people to look at', async () => {
  const frames = (Object.keys(sites) as (keyof typeof sites)[]).flatMap((kind) =>
    locales.map((locale) => {
      const { subject, html } = sampleMail(sites[kind], locale);
      return `<figure style="margin:4px"><figcaption dir="auto"><b>${locale}</b> ${escapeHtml(subject)}</figcaption><iframe width="460" height="330" srcdoc="${escapeHtml(html)}"></iframe></figure>`;
    }),
  );
  const page = await show(`<div style="display:grid;grid-template-columns:repeat(4,1fr);font:13px sans-serif">${frames.join('')}</div>`, { width: 1920, height: 1500, colorScheme: 'light' });
  expect(await page.locator('iframe').count()).toBe(2 * locales.length);
  await picture(page, 'mails-all', { except: /./ }); // A sheet of pictures, and no page.
  await page.close();
});
