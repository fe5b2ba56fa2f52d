import { describe, expect, test } from 'vitest';
import { findCode, hasShape } from './typed-code.ts';

const letters = { alphabet: 'alphanumeric', length: 8 } as const;
const digits = { alphabet: 'numeric', length: 6 } as const;

describe('what is typed', () => {
  test.each(['ABCD-EFGH', 'abcd efgh', 'abcdefgh', 'A B C D–E F G H', 'ＡＢＣＤ－ＥＦＧＨ', 'OIL0-1UVW'])('can be a code: %j', (typed) => {
    expect(hasShape(letters, typed)).toBe(true);
  });

  test.each(['', 'ABCD-EFG', 'ABCD-EFGHJ', 'ABCD-EFG!', 'ÄBCD-EFGH'])('cannot be a code: %j', (typed) => {
    expect(hasShape(letters, typed)).toBe(false);
  });

  test.each(['123 456', '123456', '１２３４５６', '١٢٣٤٥٦', 'I23O56'])('can be digits: %j', (typed) => {
    expect(hasShape(digits, typed)).toBe(true);
  });
});

describe('what is pasted', () => {
  const mail = 'Your code for The Shop:\n\nAB2D-EFGH\n\nIt works once, for 15 minutes. Capitals, spaces and hyphens do not matter.\n';

  test('gives its code, be it the whole mail', () => {
    expect(findCode(letters, mail)).toBe('AB2D-EFGH');
    expect(findCode(letters, mail.replaceAll('\n', ' '))).toBe('AB2D-EFGH');
    expect(findCode(digits, mail.replace('AB2D-EFGH', '123 456'))).toBe('123 456');
    expect(findCode(letters, '  ab2d-efgh \r\n')).toBe('ab2d-efgh');
  });

  test('gives none when there is none', () => {
    expect(findCode(letters, 'Capitals do not matter')).toBeUndefined();
    expect(findCode(letters, 'x'.repeat(1_000_000))).toBeUndefined();
  });
});
