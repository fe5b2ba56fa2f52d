import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digestAddress } from './digest-address.ts';
import { parseIndexKey } from './index-key.ts';
import { makeMessageId, openMessageId } from './message-id.ts';

const key = parseIndexKey(randomBytes(32).toString('base64url'));
const claims = { addressDigest: digestAddress(key, 'ada@example.com'), issuedAt: new Date('2026-01-01T12:00:00.123Z') };
const id = makeMessageId(key, claims, 'challenge.1');

describe('a Message-ID', () => {
  test('says to us whom and when it is about, as a header writes it', () => {
    for (const text of [id, `${id}@example.com`, `<${id}@example.com>`, ` <${id}@example.com> `]) expect(openMessageId(key, text)).toEqual(claims);
  });

  test('is the same for every try at a mail, and looks like no other to the same address', () => {
    expect(makeMessageId(key, claims, 'challenge.1')).toBe(id);
    const other = makeMessageId(key, claims, 'challenge.2');
    expect(other.slice(0, 8)).not.toBe(id.slice(0, 8));
    expect(other.slice(30, 60)).not.toBe(id.slice(30, 60));
  });

  test('does not show the digest of the address', () => {
    expect(Buffer.from(id, 'base64url').includes(Buffer.from(claims.addressDigest, 'base64url'))).toBe(false);
  });

  test('of another deployment is none', () => {
    expect(openMessageId(parseIndexKey(randomBytes(32).toString('base64url')), id)).toBeUndefined();
  });

  test('with any bit changed is none', () => {
    const bytes = Buffer.from(id, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openMessageId(key, changed.toString('base64url'))).toBeUndefined();
    }
  });

  test.each(['', '<>', '@', '<a@b>', 'x'.repeat(72), `${id}x`, id.slice(1), `<${id}@a@b>`, `<${id}`.repeat(2)])('is not "%s"', (text) => {
    expect(openMessageId(key, text)).toBeUndefined();
  });
});
