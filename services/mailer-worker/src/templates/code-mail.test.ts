import type { CodeMail } from '@daypass/core/codes/issue-code';
import { builtInSite } from '@daypass/core/sites/site';
import { describe, expect, test } from 'vitest';
import { renderCodeMail } from './code-mail.ts';

const site = builtInSite([]);
const mail: CodeMail = {
  id: 'challenge',
  send: 1,
  site,
  issuedAt: new Date(0),
  envelope: { address: 'ada@example.com', code: '7Q4MZ0XK' },
};

describe('a code mail', () => {
  test('has the code alone on its line, as it is typed', () => {
    expect(renderCodeMail(mail).text.split('\n').filter((line) => line.includes('7Q4M'))).toEqual(['7Q4M-Z0XK']);
    expect(renderCodeMail(mail).html).toContain('>7Q4M-Z0XK<');
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
    const shown = html.replace(/<title>.*?<\/title>|<[^>]+>/g, '').split('\n').filter((line) => line !== '');
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
