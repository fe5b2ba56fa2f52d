import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeChallengeId, siteTagOf } from './challenge-id.ts';
import { digestAddress } from './digest-address.ts';
import { parseIndexKey } from './index-key.ts';
import { makeMessageId, openMessageId } from './message-id.ts';

const key = parseIndexKey(randomBytes(32).toString('base64url'));
const issuedAt = new Date('2026-01-01T12:00:00.123Z');
const challenge = () => makeChallengeId(key, siteTagOf('default'), issuedAt, randomBytes);
const mail = { id: challenge(), send: 1, addressDigest: digestAddress(key, 'ada@example.com') };
const id = makeMessageId(key, mail);

describe('a Message-ID', () => {
  test('says to us which mail it is on, to whom and when, as a header writes it', () => {
    for (const text of [id, `${id}@example.com`, `<${id}@example.com>`, ` <${id}@example.com> `]) expect(openMessageId(key, text)).toEqual({ ...mail, issuedAt });
  });

  test('says to everybody the challenge and the send, as our log does', () => {
    expect(id.startsWith(`${mail.id}.1.`)).toBe(true);
  });

  test('is the same for every try at a mail; what is sealed in it looks like no other to the same address', () => {
    expect(makeMessageId(key, mail)).toBe(id);
    const others = [makeMessageId(key, { ...mail, send: 2 }), makeMessageId(key, { ...mail, id: challenge() })];
    const sealed = [id, ...others].map((each) => each.split('.')[2]?.slice(22));
    expect(new Set(sealed).size).toBe(3);
  });

  test('does not show the digest of the address', () => {
    const bytes = Buffer.from(id.split('.')[2] ?? '', 'base64url');
    expect(bytes.includes(Buffer.from(mail.addressDigest, 'base64url'))).toBe(false);
  });

  test('of another deployment is none', () => {
    expect(openMessageId(parseIndexKey(randomBytes(32).toString('base64url')), id)).toBeUndefined();
  });

  test('with any character changed is none', () => {
    for (let at = 0; at < id.length; at += 1) {
      const changed = id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1);
      expect(openMessageId(key, changed)).toBeUndefined();
    }
  });

  test.each(['', '<>', '@', '<a@b>', 'x'.repeat(119), `${id}x`, id.slice(1), `<${id}@a@b>`, `<${id}`.repeat(2)])('is not "%s"', (text) => {
    expect(openMessageId(key, text)).toBeUndefined();
  });
});
