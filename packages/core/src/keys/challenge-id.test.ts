import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { builtInSite } from '../sites/site.ts';
import { createSites } from '../sites/sites.ts';
import { makeChallengeId, openChallengeId, siteTagOf } from './challenge-id.ts';
import { parseIndexKey } from './index-key.ts';

const someIndexKey = () => parseIndexKey(randomBytes(32).toString('base64url'));
const indexKey = someIndexKey();
const issuedAt = new Date(1_767_268_800_123);
const siteTag = siteTagOf('default');
const make = (time = issuedAt) => makeChallengeId(indexKey, siteTag, time, randomBytes);
const id = make();
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a genuine challenge id', () => {
  test('says when and for which site it was issued', () => {
    expect(openChallengeId(indexKey, id)).toEqual({ issuedAt, siteTag });
  });

  test('keeps the millisecond of any time until the year 10000', () => {
    for (const time of [0, 1, 1_767_268_800_999, Date.UTC(9999, 11, 31, 23, 59, 59, 999)]) {
      expect(openChallengeId(indexKey, make(new Date(time)))?.issuedAt.getTime()).toBe(time);
    }
  });

  test('is 52 characters that need no escaping in a URL, a job id or a Message-ID', () => {
    expect(id).toMatch(/^[A-Za-z0-9_-]{52}$/);
  });

  test('is never the same twice, even in one millisecond', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => make())).size).toBe(1_000);
  });
});

describe('an id that this deployment did not make', () => {
  const opens = (edited: string) => openChallengeId(indexKey, edited) !== undefined;

  test('is unknown with any one character replaced by any other', () => {
    const edited = Array.from({ length: id.length }, (_, index) =>
      Array.from(alphabet, (character) => id.slice(0, index) + character + id.slice(index + 1)),
    ).flat();
    expect(edited.filter(opens)).toEqual(Array.from({ length: id.length }, () => id));
  });

  test('is unknown when it was made under another index key', () => {
    expect(openChallengeId(someIndexKey(), id)).toBeUndefined();
  });

  test('is unknown when two genuine ones are cut and joined', () => {
    const other = make();
    const joined = Array.from({ length: id.length - 1 }, (_, index) => id.slice(0, index + 1) + other.slice(index + 1));
    expect(joined.filter((edited) => edited !== id && edited !== other && opens(edited))).toEqual([]);
  });

  test.each([
    '',
    'A'.repeat(52),
    id.slice(1),
    `${id}A`,
    `${id}=`,
    ` ${id}`,
    `${id}\n`,
    id.replace(/./, '+'),
    `${id.slice(0, 51)}\u0000`,
  ])('is unknown: %j', (text) => {
    expect(openChallengeId(indexKey, text)).toBeUndefined();
  });

  test('is unknown when it is random', () => {
    const random = Array.from({ length: 10_000 }, () => randomBytes(39).toString('base64url'));
    expect(random.filter(opens)).toEqual([]);
  });
});

describe('the sites of a deployment', () => {
  const site = builtInSite([]);

  test('are found by the tag in an id', () => {
    const sites = createSites([site, { ...site, id: 'other' }]);
    expect(sites.byTag(siteTagOf('other'))?.id).toBe('other');
    expect(sites.byTag('00000000')).toBeUndefined();
  });

  test('are refused when two share an id', () => {
    expect(() => createSites([site, site])).toThrow(/share an id/);
  });

  test('are refused when two share a tag', () => {
    const [one, two] = twoOfOneTag();
    expect(() => createSites([{ ...site, id: one }, { ...site, id: two }])).toThrow(/share an id, or a tag/);
  });
});

/** Two names whose tags collide: a birthday in 2^32, found in some 10^5 tries. */
function twoOfOneTag(): [string, string] {
  const seen = new Map<string, string>();
  for (let round = 0; ; round += 1) {
    const name = `site-${round}`;
    const tag = siteTagOf(name);
    const other = seen.get(tag);
    if (other !== undefined) return [other, name];
    seen.set(tag, name);
  }
}
