import type { CodeMail } from '@daypass/core/codes/issue-code';
import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { sampleCodeMail } from '../../../../test/support/sample-code-mail.ts';
import { languageOf, renderCodeMail, type RenderedMail } from '../templates/code-mail.ts';
import { createComposeMail } from './compose-mail.ts';

const sender = { name: 'Daypass', address: 'no-reply@example.com', domain: 'example.com' };
const mail = { ...sampleCodeMail, send: 2 };
const messageIdOf = ({ id, send }: CodeMail) => `${id}.${send}@example.com`;
const composed = (given: CodeMail, render: (given: CodeMail) => RenderedMail = (each) => renderCodeMail(each), from = sender) => createComposeMail({ render, variantOf: languageOf, messageIdOf })(given, from).raw;

/** The same mail as nodemailer would write it. */
async function byNodemailer(given: CodeMail, { language, ...content }: RenderedMail, from = sender): Promise<Buffer> {
  return new MailComposer({
    ...content,
    from: { name: from.name, address: from.address },
    to: { name: '', address: given.envelope.address },
    messageId: `<${messageIdOf(given)}>`,
    date: given.issuedAt,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'Content-Language': language },
  })
    .compile()
    .build();
}

/** What a reader of mails sees. */
async function read(raw: Buffer) {
  const { from, to, subject, messageId, date, text, html, headers, attachments } = await PostalMime.parse(raw);
  const of = (name: string) => headers.filter(({ key }) => key === name).map(({ value }) => value);
  const named = ['auto-submitted', 'x-auto-response-suppress', 'content-language', 'mime-version', 'bcc', 'cc'];
  return { from, to, subject, messageId, date, text: text?.trimEnd(), html: html?.trimEnd(), attachments, named: named.map(of) };
}

describe('a mail reads as nodemailer would have written it', () => {
  test.each<[string, Partial<CodeMail>]>([
    ['as it is', {}],
    ["with a site's name that needs quoting", { site: { ...mail.site, name: 'Tom "T" & Jerry, Ltd. =?utf-8?Q?x?=' } }],
    ["with a site's name of another script", { site: { ...mail.site, name: 'Καφενείο 東京 مقهى 🎟️ – with more of it, so that no line holds all of that' } }],
    ['with digits', { site: { ...mail.site, codeFormat: { alphabet: 'numeric', length: 6 } }, envelope: { ...mail.envelope, code: '012345' } }],
    ['with the longest address', { envelope: { ...mail.envelope, address: `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.example.com` } }],
  ])('%s', async (_what, members) => {
    const given = { ...mail, ...members };
    expect(await read(composed(given))).toEqual(await read(await byNodemailer(given, renderCodeMail(given))));
  });

  test.each(['Daypass', 'Café du Coin', 'Smith, John', 'a "b" c', 'ö'.repeat(80), ''])('with a sender called "%s"', async (name) => {
    const from = { ...sender, name };
    expect(await read(composed(mail, undefined, from))).toEqual(await read(await byNodemailer(mail, renderCodeMail(mail), from)));
  });

  test('whatever a template says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), async (words, anything) => {
        // Nothing that is no text: half of a surrogate pair, and what a mail reader takes for a line's end.
        const clean = (text: string) => text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029\ufffd\ufeff]/gu, '_');
        const rendered = { language: 'en', subject: `x ${clean(words)} x`, text: `x ${clean(anything)}\n.\n..x =3D\n`, html: `<p>${clean(words)}\n</p>` };
        const render = () => rendered;
        const [ours, theirs] = [await read(composed(mail, render)), await read(await byNodemailer(mail, rendered))];
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});

describe('a mail on the wire', () => {
  test('is ASCII in lines that every server takes', () => {
    const raw = composed({ ...mail, site: { ...mail.site, name: 'Καφενείο '.repeat(12) } }).toString('latin1');
    expect(raw).toMatch(/^[\x20-\x7e\r\n]*$/);
    expect(raw).not.toMatch(/[^\r]\n|\r[^\n]/);
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test('has no header that a name wrote', async () => {
    const name = 'Café\r\nBcc: eve@example.com';
    const raw = composed({ ...mail, site: { ...mail.site, name } }, undefined, { ...sender, name });
    const { headers } = await PostalMime.parse(raw);
    expect(headers.map(({ key }) => key)).not.toContain('bcc');
  });

  test('is under 20 kB', () => {
    expect(composed(mail).byteLength).toBeLessThan(20_000);
  });
});

describe('the mould of a template', () => {
  test('is cast once, and then only the code is set into it', async () => {
    let rendered = 0;
    const compose = createComposeMail({ render: (given) => ((rendered += 1), renderCodeMail(given)), variantOf: languageOf, messageIdOf });
    const codes = ['7Q4MZ0XK', 'WWWWWWWW', 'HHHHHHHH', '22222222'];
    for (const code of codes) {
      const given = { ...mail, envelope: { ...mail.envelope, code } };
      expect(await read(compose(given, sender).raw)).toEqual(await read(await byNodemailer(given, renderCodeMail(given))));
    }
    expect(rendered).toBe(2);
  });

  test('is another for another language, and for a site that was read again', () => {
    let rendered = 0;
    const compose = createComposeMail({ render: (given) => ((rendered += 1), renderCodeMail(given)), variantOf: languageOf, messageIdOf });
    compose(mail, sender);
    compose({ ...mail, envelope: { ...mail.envelope, locale: 'de' } }, sender);
    compose({ ...mail, site: { ...mail.site } }, sender);
    expect(rendered).toBe(6);
  });

  test('is not used for a template that does more with a code than show it', async () => {
    const render = ({ envelope: { code } }: CodeMail): RenderedMail => ({ language: 'en', subject: 'x', text: [...code].toReversed().join(''), html: `<p>${code}</p>` });
    const compose = createComposeMail({ render, variantOf: languageOf, messageIdOf });
    for (const code of ['7Q4MZ0XK', 'ABCDEFGH']) {
      const { raw } = compose({ ...mail, envelope: { ...mail.envelope, code } }, sender);
      expect((await read(raw)).text).toBe([...code].toReversed().join(''));
    }
  });

  test('holds where the subject has the code and needs encoding', async () => {
    const render = ({ envelope: { code } }: CodeMail): RenderedMail => ({ language: 'en', subject: `é ${code}`, text: code, html: code });
    const compose = createComposeMail({ render, variantOf: languageOf, messageIdOf });
    for (const code of ['7Q4MZ0XK', 'ABCDEFGH']) {
      expect((await read(compose({ ...mail, envelope: { ...mail.envelope, code } }, sender).raw)).subject).toBe(`é ${code}`);
    }
  });
});
