import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeMail } from '@daypass/core/codes/issue-code';
import { directionOf, locales } from '@daypass/messages/locale';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleCodeMail as mail } from '../../../../test/support/sample-code-mail.ts';
import { renderCodeMail } from './code-mail.ts';
import { loadTemplates } from './load-templates.ts';

const { site } = mail;

describe('a code mail', () => {
  test('has the code alone on its line, as it is typed', () => {
    expect(renderCodeMail(mail).text.split('\n').filter((line) => line.includes('7Q4M'))).toEqual(['7Q4M-Z0XK']);
    expect(renderCodeMail(mail).html.split('\n')).toContain('7Q4M-Z0XK');
  });

  test('shows digits in groups too', () => {
    const numeric: CodeMail = {
      ...mail,
      site: { ...site, codeFormat: { alphabet: 'numeric', length: 6 } },
      envelope: { ...mail.envelope, code: '012345' },
    };
    expect(renderCodeMail(numeric).text.split('\n')).toContain('012 345');
  });

  test('does not show the code in the subject, which lock screens do', () => {
    expect(renderCodeMail(mail).subject).not.toMatch(/7Q4M/);
  });

  test('has no link, image, script or style that is fetched, in either form', () => {
    const { text, html } = renderCodeMail(mail);
    expect(text + html).not.toMatch(/https?:|www\.|<a\b|<img|<link|<script|url\(|src=/i);
  });

  test('says how long the code is good for', () => {
    const lasting = (codeTtlSeconds: number) => renderCodeMail({ ...mail, site: { ...site, codeTtlSeconds } }).text;
    expect(lasting(900)).toContain('for 15 minutes');
    expect(lasting(60)).toContain('for 1 minute.');
  });

  test('says the same in text and in HTML', () => {
    const { text, html } = renderCodeMail(mail);
    const shown = html.replace(/<title>.*?<\/title>|<[^>]+>/gs, '').split('\n').filter((line) => line !== '');
    expect(shown).toEqual(text.split('\n').filter((line) => line !== ''));
  });
});

describe("a site's name", () => {
  const named = (name: string) => renderCodeMail({ ...mail, site: { ...site, name } });

  test('is escaped in HTML, wherever it stands', () => {
    const { html } = named(`<script>alert("x")</script> & 'Co'`);
    expect(html).not.toContain('<script>');
    expect(html.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt; &amp; &#39;Co&#39;/g)).toHaveLength(2);
  });

  test('is left as it is in text and subject', () => {
    expect(named('Tom & Jerry').subject).toBe('Your code for Tom & Jerry');
    expect(named('Tom & Jerry').text).toContain('Tom & Jerry');
  });
});

describe.each(locales)('in %s', (locale) => {
  const rendered = (minutes: number) =>
    renderCodeMail({ ...mail, site: { ...site, codeTtlSeconds: minutes * 60 }, envelope: { ...mail.envelope, locale } });

  test('it is in that language, and written its way', () => {
    const { language, html, subject } = rendered(15);
    expect(language).toBe(locale);
    expect(html).toContain(`<html lang="${locale}" dir="${directionOf(locale)}">`);
    expect(subject).toContain(site.name);
  });

  test('it has no placeholder left, the code alone on its line, and is small', () => {
    for (const minutes of [1, 2, 3, 11, 15, 60]) {
      const { subject, text, html } = rendered(minutes);
      expect(subject + text + html.replaceAll(/style="[^"]*"/g, '')).not.toMatch(/\{|\}|undefined/);
      expect(text.split('\n')).toContain('7Q4M-Z0XK');
      expect(Buffer.byteLength(text + html)).toBeLessThan(20_000);
    }
  });

  test('it says the number as that language does', () => {
    const said = [1, 2, 3, 11, 15].map((minutes) => rendered(minutes).text);
    // One minute is another word than two, but where a language has one form.
    expect(new Set(said).size).toBe(said.length);
  });
});

describe('the language', () => {
  test.each([
    ['what the visitor asked for', 'de-AT', 'fr', 'de'],
    ['the likeliest script', 'zh-CN', 'en', 'zh-Hans'],
    ["the site's, where there is none for the visitor", 'nl', 'fr', 'fr'],
    ["the site's, where the visitor asked for none", undefined, 'ja', 'ja'],
    ['English, where there is none for anybody', 'nl', 'sv', 'en'],
    ['no tag at all', '\r\nBcc: x', 'es', 'es'],
  ])('is %s', (_what, asked, ofSite, spoken) => {
    const given: CodeMail = { ...mail, site: { ...site, locale: ofSite }, envelope: { ...mail.envelope, ...(asked !== undefined && { locale: asked }) } };
    expect(renderCodeMail(given).language).toBe(spoken);
  });
});

describe('the code', () => {
  test('is in the subject only where the site wants it there', () => {
    expect(renderCodeMail({ ...mail, site: { ...site, codeInSubject: true } }).subject).toBe('7Q4M-Z0XK · Your code for Daypass');
  });

  test('is read out character by character, and selected as one', () => {
    const { html } = renderCodeMail(mail);
    expect(html).toContain('aria-label="7 Q 4 M, Z 0 X K"');
    expect(html).toContain('user-select:all');
    expect(html).toMatch(/<div dir="ltr"/);
  });
});

describe('templates of a deployment', () => {
  const folderWith = (files: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'daypass-templates-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  };
  const own = { 'default/code.txt.eta': 'Hallo\n<%= it.code %>\n<%= it.minutes %>', 'default/code.html.eta': '<p>Hallo <%= it.site %></p><p><%= it.code %></p>' };

  test('are used by the sites they are for, and by all others where they are the default', () => {
    const folder = folderWith({ ...own, 'shop/code.txt.eta': 'Shop\n<%= it.code %>', 'shop/code.html.eta': '<b><%= it.code %></b>' });
    const shop = { ...site, id: 'shop', name: '<b>' };
    const templateOf = loadTemplates(folder, [site, shop]);
    expect(renderCodeMail({ ...mail, site: shop }, templateOf('shop')).text).toBe('Shop\n7Q4M-Z0XK');
    expect(renderCodeMail({ ...mail, site: shop }, templateOf('default')).html).toBe('<p>Hallo &lt;b&gt;</p><p>7Q4M-Z0XK</p>');
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['that is not there', { 'default/code.txt.eta': '<%= it.code %>' }, /"default" cannot be used/],
    ['with a mistake in it', { ...own, 'default/code.html.eta': '<% if ( %>' }, /"default" cannot be used/],
    ['that asks for what there is not', { ...own, 'default/code.html.eta': '<p><%= it.code %></p><%= it.cod %>' }, /"default" shows a value that there is not/],
    ['that does not show the code', { ...own, 'default/code.txt.eta': 'Hallo' }, /"default" does not show the code alone on a line of its text/],
    ['that hides the code in a sentence', { ...own, 'default/code.html.eta': '<p>It is <%= it.code %>.</p>' }, /alone in an element/],
    ['with a link', { ...own, 'default/code.html.eta': '<a href="https://example.com">x</a><p><%= it.code %></p>' }, /has a link/],
    ['with a picture that tells who looks', { ...own, 'default/code.html.eta': '<p style="background:url(//t.example.com/x)"><%= it.code %></p>' }, /has a link/],
    ['that is too large', { ...own, 'default/code.html.eta': `<p><%= it.code %></p>${'x'.repeat(20_000)}` }, /larger than 20 kB/],
    ['of no site', { ...own, 'shpo/code.txt.eta': '' }, /"shpo" belongs to no site/],
  ])('%s stop the process, which says why', (_what, files, problem) => {
    expect(() => loadTemplates(folderWith(files), [site])).toThrow(problem);
  });
});
