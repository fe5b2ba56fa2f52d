import { describe, expect, test } from 'vitest';
import { otpauthUri, writeSecret } from './otpauth-uri.ts';

const secret = Buffer.from('12345678901234567890');
const base32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const uri = (name: string, label?: string) => otpauthUri({ secret, algorithm: 'SHA1', digits: 6 }, name, label);

/** What an app takes the parts for: it decodes the path and cuts it at the first colon. */
function read(text: string) {
  const [, path = '', query = ''] = /^otpauth:\/\/totp\/([^?]*)\?(.*)$/.exec(text) ?? [];
  const [issuer, ...label] = decodeURIComponent(path).split(':');
  return { issuer, label: label.join(':'), ...Object.fromEntries(new URLSearchParams(query)) };
}

test('the secret is base32 without padding', () => {
  expect(writeSecret(secret)).toBe(base32);
});

test('what is usual is left out, and what is not is said', () => {
  expect(uri('Daypass', 'Ada')).toBe(`otpauth://totp/Daypass:Ada?secret=${base32}&issuer=Daypass`);
  const other = otpauthUri({ secret, algorithm: 'SHA512', digits: 8 }, 'Daypass', 'Ada');
  expect(read(other)).toMatchObject({ algorithm: 'SHA512', digits: '8' });
});

test.each([
  [undefined, 'visitor'],
  ['', 'visitor'],
  ['  ', 'visitor'],
  ['Ada', 'Ada'],
  ['ada@example.com', 'ada@example.com'],
  ['Ada Lovelace', 'Ada Lovelace'],
  ['Müller 中村 Ωμέγα', 'Müller 中村 Ωμέγα'],
  ['x'.repeat(64), 'x'.repeat(40)],
])('the label %j is %j', (label, shown) => {
  expect(read(uri('Daypass', label))).toEqual({ issuer: 'Daypass', label: shown, secret: base32 });
});

describe('no label can', () => {
  const labels = [
    ['name another issuer', 'Bank:ada'],
    ['name one by a full-width colon', 'Bank：ada'],
    ['by a small one', 'Bank﹕ada'],
    ['by a modifier letter', 'Bankːada'],
    ['by a ratio sign', 'Bank∶ada'],
    ['by an escaped one', 'Bank%3Aada'],
    ['begin a query', 'ada?issuer=Bank&secret=AAAA'],
    ['begin a fragment', 'ada#x'],
    ['climb out of its path', '../hotp/Bank'],
    ['turn the text around', 'ada\u202ekcab\u2066'],
    ['hide characters', 'a\u200bd\u00ada\u2060'],
    ['break the line', 'ada\r\nX: y'],
    ['be half a character', 'ada\ud800'],
    ['hold NUL', 'ada\u0000'],
  ] as const;
  test.each(labels)('%s', (_what, label) => {
    const { issuer, label: shown, ...query } = read(uri('Daypass', label));
    expect(issuer).toBe('Daypass');
    expect(shown).toMatch(/^[\p{L}\p{N} ._@+-]+$/u);
    expect(shown).not.toMatch(/[:：﹕ː∶%?#&/\p{C}]/u);
    expect(query).toEqual({ secret: base32 });
  });
});

test('a site is its own issuer whatever its name holds', () => {
  expect(read(uri('Bank: the site', 'Ada'))).toMatchObject({ issuer: 'Bank- the site', label: 'Ada' });
  expect(read(uri('💌', 'Ada'))).toMatchObject({ issuer: '-', label: 'Ada' });
});
