import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReturnAddress } from './parse-return-address.ts';

const own = 'https://intranet.example';
const parse = (text: string) => parseReturnAddress(text, (origin) => origin === own)?.href;

describe('a return address', () => {
  test.each([
    [`${own}/`, `${own}/`],
    [own, `${own}/`],
    [`${own}/a/b?c=d&e=%2F%2Fevil.example`, `${own}/a/b?c=d&e=%2F%2Fevil.example`],
    [`${own}:443/a`, `${own}/a`],
    ['HTTPS://Intranet.Example/a', `${own}/a`],
    // Two slashes in the path are a path.
    [`${own}//evil.example/`, `${own}//evil.example/`],
    [`${own}/https://evil.example`, `${own}/https://evil.example`],
    // Ours: the visitor has been there.
    [`${own}/.daypass/callback?code=x`, `${own}/`],
    [`${own}/x/../.daypass/login`, `${own}/`],
  ])('%s is %s', (text, href) => {
    expect(parse(text)).toBe(href);
  });

  test.each([
    '',
    '/',
    '/path',
    '//evil.example',
    '///evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'https:\\\\evil.example',
    'https://evil.example/',
    'https://evil.example/https://intranet.example/',
    'https://evil.example?https://intranet.example/',
    'https://evil.example#https://intranet.example/',
    'https://intranet.example.evil.example/',
    'https://intranet.example@evil.example/',
    'https://intranet.example:pw@evil.example/',
    'https://intranet.example%40evil.example/',
    'https://intranet.example%2eevil.example/',
    'https://intranet.example\\@evil.example/',
    'https://intranet.example\\.evil.example/',
    'https://evil.example\\@intranet.example/',
    'https://user@intranet.example/',
    'https://intranet.example:8443/',
    'http://intranet.example/',
    'ftp://intranet.example/',
    'javascript:alert(1)//https://intranet.example',
    'data:text/html,https://intranet.example',
    'https://intranet.example/#fragment',
    'https://intranet.example/a\\b',
    'https://intranet.example/a b',
    ' https://intranet.example/',
    'https://intranet.example/\r\nset-cookie: a=b',
    'https://intranet.example\t.evil.example/',
    'https://intranet.example\u0000.evil.example/',
    'https://intranet。example/',
    'https://intranet.example\u200b/',
    'https://intranet.example.',
    'https%3A%2F%2Fintranet.example/',
    `https://intranet.example/${'x'.repeat(2_000)}`,
  ])('%s is none', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  test('is never anywhere else, however it is written', () => {
    const pieces = fc.constantFrom('https:', 'http:', '/', '//', '\\', '@', ':', '.', '%2f', '%5c', '?', '#', '\t', 'evil.example', 'intranet.example', own, 'x');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const href = parse(parts.join(''));
        return href === undefined || new URL(href).origin === own;
      }),
      { numRuns: 5_000 },
    );
  });
});
