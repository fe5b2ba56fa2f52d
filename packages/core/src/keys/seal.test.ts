import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { open, seal, type SealContext } from './seal.ts';
import { parseSealingKeys } from './sealing-keys.ts';

const entry = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
const old = entry('old');
const keys = parseSealingKeys(old);
const context: SealContext = { purpose: 'code', site: 'default', id: 'challenge-1', issuedAt: new Date(1_767_268_800_000) };
const text = '["ada@example.com","7Q4MZ0XK"]';
const sealed = seal(keys, context, text, randomBytes);

describe('a sealed text', () => {
  test.each(['', 'a', text, 'Ελληνικά 例 😀', 'x'.repeat(10_000)])('opens where it was sealed', (plaintext) => {
    expect(open(keys, context, seal(keys, context, plaintext, randomBytes))).toBe(plaintext);
  });

  test('shows nothing of itself', () => {
    const bytes = Buffer.from(sealed, 'base64url').toString('latin1');
    for (const part of ['ada', 'example', '7Q4M']) expect(bytes).not.toContain(part);
  });

  test('is sealed differently each time', () => {
    const many = Array.from({ length: 100 }, () => seal(keys, context, text, randomBytes));
    expect(new Set(many).size).toBe(100);
  });

  const opens = (edited: string) => edited !== sealed && open(keys, context, edited) !== undefined;

  test('does not open with any one bit flipped', () => {
    const bytes = Buffer.from(sealed, 'base64url');
    const edited = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy.toString('base64url');
    });
    expect(new Set(edited).size).toBe(bytes.length * 8);
    expect(edited.filter(opens)).toEqual([]);
  });

  test('does not open with any one character replaced, removed or added', () => {
    const edited = Array.from({ length: sealed.length + 1 }, (_, index) => {
      const [before, after] = [sealed.slice(0, index), sealed.slice(index)];
      const replaced = before + (after.startsWith('A') ? 'B' : 'A') + after.slice(1);
      return [replaced, before + after.slice(1), `${before}A${after}`, `${before} ${after}`, `${before}=${after}`];
    });
    expect(edited.flat().filter(opens)).toEqual([]);
  });

  test('is written in one way only: the bits to spare of its last character are not', () => {
    const spare = seal(keys, context, 'spares', randomBytes); // 1 + 1 + 3 + 16 + 12 + 6 + 16 bytes: 4 bits to spare.
    expect(spare).toHaveLength(74);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const written = Array.from(alphabet, (last) => spare.slice(0, -1) + last);
    const others = written.filter((edited) => edited !== spare && open(keys, context, edited) !== undefined);
    expect(written).toContain(spare);
    expect(others).toEqual([]);
  });

  test('does not open cut short, at any length', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(open(keys, context, sealed.slice(0, length))).toBeUndefined();
    }
  });

  test.each<[string, Partial<SealContext>]>([
    ['purpose', { purpose: 'totp' }],
    ['site', { site: 'other' }],
    ['id', { id: 'challenge-2' }],
    ['time of issue', { issuedAt: new Date(context.issuedAt.getTime() + 1) }],
  ])('does not open under another %s', (_name, moved) => {
    expect(open(keys, { ...context, ...moved }, sealed)).toBeUndefined();
  });

  test('does not open where site and id only look the same side by side', () => {
    const here = seal(keys, { ...context, site: 'a', id: 'bc' }, text, randomBytes);
    expect(open(keys, { ...context, site: 'ab', id: 'c' }, here)).toBeUndefined();
    expect(open(keys, { ...context, site: 'a","bc', id: '' }, here)).toBeUndefined();
  });
});

describe('after a rotation', () => {
  const fresh = entry('new');
  const both = parseSealingKeys(`${fresh},${old}`);

  test('what the old key sealed still opens', () => {
    expect(open(both, context, sealed)).toBe(text);
  });

  test('the new key seals: the old one alone does not open it', () => {
    const now = seal(both, context, text, randomBytes);
    expect(open(parseSealingKeys(fresh), context, now)).toBe(text);
    expect(open(keys, context, now)).toBeUndefined();
  });

  test('nothing opens under another key of the same name', () => {
    expect(open(parseSealingKeys(entry('old')), context, sealed)).toBeUndefined();
  });

  test('a name of another key is no way in', () => {
    const renamed = Buffer.from(sealed, 'base64url');
    renamed.write('new', 2);
    expect(open(both, context, renamed.toString('base64url'))).toBeUndefined();
  });
});

test.each(['', 'A', '!', 'AAAA', 'not base64url at all', '\u0000', 'AQ', 'Af8', 'x'.repeat(4_000)])(
  'what was never sealed does not open: %j',
  (never) => {
    expect(open(keys, context, never)).toBeUndefined();
  },
);
