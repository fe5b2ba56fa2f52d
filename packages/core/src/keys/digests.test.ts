import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { candidateDigests, digestCode } from './digest-code.ts';
import { digestAddress } from './digest-address.ts';
import { parseIndexKey } from './index-key.ts';
import { mac } from './mac.ts';
import { parseSealingKeys } from './sealing-keys.ts';

const entry = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;

describe('a MAC over several texts', () => {
  const key = createSecretKey(randomBytes(32));

  test('is different for lists that only join to the same text', () => {
    const lists = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['abc', ''],
      ['', 'abc'],
      ['a', 'b', 'c'],
      ['1:a', 'bc'],
      ['a1:bc'],
      ['1:a2:bc'],
      [],
      [''],
      ['', ''],
    ];
    expect(new Set(lists.map((parts) => mac(key, parts))).size).toBe(lists.length);
  });

  test('counts octets: texts of one length in characters are told apart', () => {
    expect(mac(key, ['é', 'a'])).not.toEqual(mac(key, ['e', '\u0301a']));
  });
});

describe('the digest of a code', () => {
  const keys = parseSealingKeys(`${entry('new')},${entry('old')}`);
  const digest = digestCode(keys, 'default', 'challenge', '7Q4MZ0XK');

  test('is another at another site, challenge or code, or under another key', () => {
    const others = [
      digestCode(keys, 'other', 'challenge', '7Q4MZ0XK'),
      digestCode(keys, 'default', 'challenge2', '7Q4MZ0XK'),
      digestCode(keys, 'default', 'challenge', '7Q4MZ0XJ'),
      digestCode(parseSealingKeys(entry('new')), 'default', 'challenge', '7Q4MZ0XK'),
      digestCode(keys, 'defaultchallenge', '', '7Q4MZ0XK'),
    ];
    expect(new Set([digest, ...others]).size).toBe(6);
  });

  test('is among the candidates before and after a rotation', () => {
    const [fresh, old] = [entry('fresh'), entry('old')];
    const before = digestCode(parseSealingKeys(old), 'default', 'challenge', '7Q4MZ0XK');
    const candidates = candidateDigests(parseSealingKeys(`${fresh},${old}`), 'default', 'challenge', '7Q4MZ0XK');
    expect(candidates).toHaveLength(2);
    expect(candidates[1]).toBe(before);
    expect(candidates[0]).toBe(digestCode(parseSealingKeys(fresh), 'default', 'challenge', '7Q4MZ0XK'));
  });
});

test('the digest of an address is stable under its key, and says nothing under another', () => {
  const text = randomBytes(32).toString('base64url');
  const digest = digestAddress(parseIndexKey(text), 'ada@example.com');
  expect(digestAddress(parseIndexKey(text), 'ada@example.com')).toBe(digest);
  expect(digestAddress(parseIndexKey(randomBytes(32).toString('base64url')), 'ada@example.com')).not.toBe(digest);
  expect(digestAddress(parseIndexKey(text), 'eve@example.com')).not.toBe(digest);
  expect(Buffer.from(digest, 'base64url')).toHaveLength(32);
});
