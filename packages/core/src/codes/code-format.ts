import type { RandomBytes } from '../ports.ts';

/** The shape of a site's codes. */
export interface CodeFormat {
  alphabet: 'alphanumeric' | 'numeric';
  /** 6-12 characters, or 6-10 digits. */
  length: number;
}

/** 8 of 32 characters: 40 bits. */
export const defaultCodeFormat: CodeFormat = { alphabet: 'alphanumeric', length: 8 };

// Crockford's Base32: no I, L, O or U, so that nothing in it is read or heard as something else in it.
const characters = {
  alphanumeric: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
  numeric: '0123456789',
} as const;

// What people type for a character that the alphabet leaves out.
const lookAlikes: Record<string, string> = { I: '1', L: '1', O: '0', U: 'V' };

const decimalDigit = /\p{Nd}/u;
const separators = /[\s\p{Z}\p{Pd}\p{Cf}_.·]/gu;

/** A uniformly random code: bytes beyond the last whole multiple of the alphabet are thrown away. */
export function generateCode(format: CodeFormat, randomBytes: RandomBytes): string {
  const alphabet = characters[format.alphabet];
  const fair = 256 - (256 % alphabet.length);
  let code = '';
  while (code.length < format.length) {
    for (const byte of randomBytes(2 * format.length)) {
      if (byte < fair && code.length < format.length) code += alphabet[byte % alphabet.length];
    }
  }
  return code;
}

/**
 * What a person typed, as the code it was meant to be: any case, full-width or other scripts' digits,
 * spaces, dots and hyphens anywhere, look-alikes folded.
 *
 * @returns `undefined` when it cannot be a code of this format
 */
export function normalizeCode(format: CodeFormat, typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const alphabet: string = characters[format.alphabet];
  const compact = typed.normalize('NFKC').replace(separators, '').toUpperCase();
  const code = [...compact].map((character) => fold(alphabet, character)).join('');
  if (code.length !== format.length) return undefined;
  return [...code].every((character) => alphabet.includes(character)) ? code : undefined;
}

/** How a code is shown: in groups that can be read out. `ABCD-EFGH`, `123 456`. */
export function displayCode(format: CodeFormat, code: string): string {
  const size = code.length % 4 === 0 ? 4 : code.length % 3 === 0 ? 3 : Math.ceil(code.length / 2);
  const groups = code.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
  return groups.join(format.alphabet === 'numeric' ? ' ' : '-');
}

function fold(alphabet: string, character: string): string {
  if (alphabet.includes(character)) return character;
  if (decimalDigit.test(character)) return String(digitValue(character));
  return lookAlikes[character] ?? character;
}

/** The value of a decimal digit of any script: Unicode lays each ten out in order, some tens one after another. */
function digitValue(digit: string): number {
  const point = digit.codePointAt(0) ?? 0;
  let zero = point;
  while (decimalDigit.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (point - zero) % 10;
}
