import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { defaultCodeFormat, displayCode, generateCode, normalizeCode, type CodeFormat } from './code-format.ts';

const letters = (length: number): CodeFormat => ({ alphabet: 'alphanumeric', length });
const digits = (length: number): CodeFormat => ({ alphabet: 'numeric', length });

/** How often each character comes up in codes made of these bytes, each code of one byte over and over. */
function countByByte(format: CodeFormat, bytes: number): Map<string, number> {
  return count(Array.from({ length: bytes }, (_, byte) => generateCode(format, (size) => new Uint8Array(size).fill(byte))));
}

function countFromSystem(format: CodeFormat, codes: number): Map<string, number> {
  return count(Array.from({ length: codes }, () => generateCode(format, randomBytes)));
}

function count(codes: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const character of codes.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
  return counts;
}

function chiSquare(counts: Map<string, number>): number {
  const values = [...counts.values()];
  const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - expected) ** 2 / expected, 0);
}

describe('a code', () => {
  test('is made of 32 characters that are not mistaken for each other: no I, L, O or U', () => {
    const alphabet = [...countByByte(defaultCodeFormat, 256).keys()].toSorted().join('');
    expect(alphabet).toBe('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
  });

  test('has 40 bits by default', () => {
    expect(defaultCodeFormat.length * Math.log2(32)).toBe(40);
    expect(generateCode(defaultCodeFormat, randomBytes)).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
  });

  test('has each character for equally many bytes: 8 of 256, or 25 of 250', () => {
    expect(new Set(countByByte(letters(8), 256).values())).toEqual(new Set([8 * 8]));
    expect(new Set(countByByte(digits(6), 250).values())).toEqual(new Set([25 * 6]));
  });

  test('of digits from the system has no favourites', () => {
    const counts = countFromSystem(digits(10), 20_000);
    expect(counts.size).toBe(10);
    expect(chiSquare(counts)).toBeLessThan(45); // 9 degrees of freedom: once in a million runs.
  });

  test('of letters and digits from the system has none either', () => {
    const counts = countFromSystem(letters(8), 20_000);
    expect(chiSquare(counts)).toBeLessThan(90); // 31 degrees of freedom: once in a million runs.
  });

  test('of digits takes no byte of 250 and above, which would favour 0 to 5', () => {
    const offered = [...Array(256).keys()].toReversed();
    const bytes = (size: number) => Uint8Array.from({ length: size }, () => offered.shift() ?? 0);
    // From 255 downwards the first byte that is taken is 249.
    expect(generateCode(digits(6), bytes)).toBe('987654');
  });

  test.each([6, 7, 8, 9, 10, 11, 12])('of %i characters has that many', (length) => {
    expect(generateCode(letters(length), randomBytes)).toHaveLength(length);
    expect(generateCode(digits(length), randomBytes)).toMatch(new RegExp(`^\\d{${length}}$`));
  });
});

describe('what people type', () => {
  test.each([
    ['as it was mailed', '7Q4M-Z0XK'],
    ['in lower case', '7q4mz0xk'],
    ['in pieces', ' 7Q 4M\tZ0 XK\n'],
    ['with other hyphens', '7Q4M–Z0XK'],
    ['with a non-breaking hyphen', '7Q4M\u2011Z0XK'],
    ['with dots and underscores', '7.Q.4.M_Z0XK.'],
    ['with invisible characters pasted along', '\u202a7Q4M\u200bZ0XK\u202c'],
    ['with no-break spaces', '7Q4M\u00a0Z0\u202fXK'],
    ['in full width', '７Ｑ４Ｍ－Ｚ０ＸＫ'],
    ['with an O for the zero', '7Q4M-ZoXK'],
    ['with Arabic-Indic digits', '٧Q٤M-Z٠XK'],
    ['with Persian digits', '۷Q۴M-Z۰XK'],
    ['with mathematical digits', '𝟟Q𝟜M-Z𝟘XK'],
  ])('is the code: %s', (_how, typed) => {
    expect(normalizeCode(defaultCodeFormat, typed)).toBe('7Q4MZ0XK');
  });

  test('look-alikes of the four characters left out are folded', () => {
    expect(normalizeCode(letters(8), 'iIlLoOuU')).toBe('111100VV');
    expect(normalizeCode(digits(6), 'IlO0oi')).toBe('110001');
  });

  const scripts = Intl.supportedValuesOf('numberingSystem')
    .map((system) => {
      const format = new Intl.NumberFormat('en', { numberingSystem: system, useGrouping: false });
      return { system, written: format.format(9_876_543_210) };
    })
    .filter(({ written }) => /^\p{Nd}{10}$/u.test(written));

  test('is known in dozens of scripts', () => expect(scripts.length).toBeGreaterThan(50));
  test.each(scripts)('has the value of its digits in $system: $written', ({ written }) => {
    expect(normalizeCode(digits(10), written)).toBe('9876543210');
    const each = Array.from(written, (digit) => normalizeCode(digits(6), digit.repeat(6)));
    expect(each).toEqual(Array.from('9876543210', (digit) => digit.repeat(6)));
  });

  test.each([
    ['nothing', ''],
    ['separators alone', ' - - '],
    ['one character too few', '7Q4M-Z0X'],
    ['one character too many', '7Q4M-Z0XKK'],
    ['a sign', '7Q4M-Z0X!'],
    ['a letter of another script', '7Q4M-Z0XК'],
    ['an emoji', '7Q4M-Z0X😀'],
    ['something long', '7Q4M-Z0XK'.padEnd(65)],
  ])('is no code: %s', (_what, typed) => {
    expect(normalizeCode(defaultCodeFormat, typed)).toBeUndefined();
  });

  test('letters are no code of digits', () => {
    expect(normalizeCode(digits(6), '12345A')).toBeUndefined();
    expect(normalizeCode(digits(6), '12345V')).toBeUndefined();
  });

  test('every code reads as itself, as it is shown and in lower case', () => {
    for (const format of [letters(6), letters(8), letters(12), digits(6), digits(10)]) {
      for (let round = 0; round < 200; round += 1) {
        const code = generateCode(format, randomBytes);
        expect(normalizeCode(format, displayCode(format, code))).toBe(code);
        expect(normalizeCode(format, code.toLowerCase())).toBe(code);
      }
    }
  });
});

describe('a code is shown in groups that can be read out', () => {
  test.each(['ABC-DEF', 'ABCD-EFG', 'ABCD-EFGH', 'ABC-DEF-GHJ', 'ABCDE-FGHJK', 'ABCDEF-GHJKM', 'ABCD-EFGH-JKMN'])('%s', (shown) => {
    const code = shown.replaceAll('-', '');
    expect(displayCode(letters(code.length), code)).toBe(shown);
  });

  test.each(['012 345', '0123 456', '0123 4567', '012 345 678', '01234 56789'])('%s', (shown) => {
    const code = shown.replaceAll(' ', '');
    expect(displayCode(digits(code.length), code)).toBe(shown);
  });
});
