import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { text } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import { describe, expect, test } from 'vitest';
import { checkDkim } from '@daypass/core/dkim/check-dkim';
import { parseDkimKey, publicPartOf } from '@daypass/core/dkim/dkim-key';
import { signDkim } from './sign-dkim.ts';

const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const rsaPem = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const edPem = pemOf(generateKeyPairSync('ed25519').privateKey);
const [rsa, ed] = [parseDkimKey('s1', rsaPem), parseDkimKey('s1', edPem)];

const raw = Buffer.from(
  [
    'To: δοκιμή@example.com',
    'Message-ID: <a@example.com>',
    'Date: Thu, 01 Jan 2026 12:00:00 +0000',
    'From: Daypass  <no-reply@example.com>',
    'Subject: =?utf-8?B?w6k=?=',
    ' =?utf-8?B?w6k=?=\t',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain',
    '',
    'one  two \t',
    '.three',
    '',
    '',
    '',
  ].join('\r\n'),
);

const tagsOf = (signed: Buffer) => {
  const [header = ''] = signed.toString().replaceAll(/\r\n[ \t]/g, '').split('\r\n');
  return Object.fromEntries(header.slice('DKIM-Signature:'.length).split(';').map((tag) => tag.trim().split(/=(.*)/s)));
};

describe('a signature', () => {
  test('has the hashes and fields that nodemailer would sign, over a mail that stays as it is', async () => {
    const signed = await signDkim(raw, 'example.com', rsa);
    expect(signed.subarray(-raw.length)).toEqual(raw);
    const fields = 'from:subject:date:message-id:to:mime-version:content-type:auto-submitted';
    const theirs = await text(new DKIM({ domainName: 'example.com', keySelector: 's1', privateKey: rsaPem, headerFieldNames: fields }).sign(raw));
    const { bh, h, d, s, a, c } = tagsOf(Buffer.from(theirs));
    expect(tagsOf(signed)).toMatchObject({ bh, h, d, s, a, c });
  });

  test.each([
    ['rsa-sha256', rsa],
    ['ed25519-sha256', ed],
  ])('verifies with the public key: %s', async (_algorithm, key) => {
    const signed = (await signDkim(raw, 'example.com', key)).toString();
    const { b = '' } = tagsOf(Buffer.from(signed)) as { b?: string };
    // As a receiver puts it together (RFC 6376 §3.7), from the text of this mail.
    const head = signed.slice(0, signed.indexOf('To: ')).replace(/(\bb=)[\s\S]*/, '$1').replaceAll('\r\n', '').replace('DKIM-Signature: ', 'dkim-signature:');
    const covered = Buffer.from(
      [
        'from:Daypass <no-reply@example.com>',
        'subject:=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=',
        'date:Thu, 01 Jan 2026 12:00:00 +0000',
        'message-id:<a@example.com>',
        'to:δοκιμή@example.com',
        'mime-version:1.0',
        'content-type:text/plain',
        'auto-submitted:auto-generated',
        head,
      ].join('\r\n'),
    );
    const signature = Buffer.from(b.replaceAll(/\s/g, ''), 'base64');
    const publicKey = createPublicKey(key.privateKey);
    const valid = key === rsa ? verify('sha256', covered, publicKey, signature) : verify(null, createHash('sha256').update(covered).digest(), publicKey, signature);
    expect(valid).toBe(true);
  });
});

describe('a key', () => {
  test.each([
    ['nothing', ''],
    ['no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    ['a short RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['an elliptic curve that DKIM does not know', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
  ])('is refused, and not quoted: %s', (_what, pem) => {
    expect(() => parseDkimKey('s1', pem)).toThrow(/^(an? |no )[\w ]+$/);
  });

  test('may be written in one line, as an environment wants it', () => {
    expect(publicPartOf(parseDkimKey('s1', rsaPem.replaceAll('\n', '\\n')))).toBe(publicPartOf(rsa));
  });
});

describe('the record in DNS', () => {
  const says = (...records: string[][]) => async (name: string) => (name === 's1._domainkey.example.com' ? records : []);
  const fails = (code: string) => async () => Promise.reject(Object.assign(new Error(code), { code }));
  const check = (key: typeof rsa, resolveTxt: Parameters<typeof checkDkim>[2]) => checkDkim('example.com', key, resolveTxt);

  test('with this key is right, in however many pieces', async () => {
    const record = `v=DKIM1; k=rsa; p=${publicPartOf(rsa)}`;
    expect(await check(rsa, says(['v=spf1 -all'], [record.slice(0, 200), record.slice(200)]))).toEqual({ found: 'right' });
    expect(await check(ed, says([`v=DKIM1; k=ed25519; p=${publicPartOf(ed)}`]))).toEqual({ found: 'right' });
  });

  test.each([
    ['another key', says([`v=DKIM1; p=${publicPartOf(parseDkimKey('s1', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)))}`]), 'another key'],
    ['a key of another kind', says([`v=DKIM1; k=ed25519; p=${publicPartOf(ed)}`]), 'another key'],
    ['a revoked key', says(['v=DKIM1; p=']), 'revoked'],
    ['no DKIM record', says(['v=spf1 -all']), 'no DKIM record'],
    ['no name', fails('ENOTFOUND'), 'no record'],
  ])('with %s is wrong, and says what to do', async (_what, resolveTxt, problem) => {
    expect(await check(rsa, resolveTxt)).toEqual({ found: 'wrong', problem: expect.stringContaining(problem) });
  });

  test('that cannot be asked for says nothing against the key', async () => {
    expect(await check(rsa, fails('ETIMEOUT'))).toMatchObject({ found: 'unknown' });
  });
});
