import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeChallengeId, openChallengeId, siteTagOf } from './challenge-id.ts';
import { parseIndexKey } from './index-key.ts';
import { open, seal, type SealContext } from './seal.ts';
import { parseSealingKeys } from './sealing-keys.ts';

const indexKey = parseIndexKey(randomBytes(32).toString('base64url'));
const keys = parseSealingKeys(`k:${randomBytes(32).toString('base64url')}`);
const context = fc.record<SealContext>({
  purpose: fc.constantFrom('code', 'totp'),
  site: fc.string(),
  id: fc.string(),
  issuedAt: fc.date({ noInvalidDate: true }),
});

test('whatever is sealed opens in its own context, and in no other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), context, context, (text, here, there) => {
      const sealed = seal(keys, here, text, randomBytes);
      expect(open(keys, here, sealed)).toBe(text);
      const same = JSON.stringify(here) === JSON.stringify(there);
      expect(open(keys, there, sealed)).toBe(same ? text : undefined);
    }),
  );
}, 30_000);

test('what was never sealed does not open, and makes nothing throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), context, (text, here) => {
      expect(open(keys, here, text)).toBeUndefined();
    }),
  );
}, 30_000);

test('an id says what it was made of, and any other text says nothing', () => {
  const time = fc.integer({ min: 0, max: 2 ** 47 }).map((ms) => new Date(ms));
  fc.assert(
    fc.property(time, fc.string(), fc.string({ unit: 'binary', maxLength: 60 }), (issuedAt, site, other) => {
      const id = makeChallengeId(indexKey, siteTagOf(site), issuedAt, randomBytes);
      expect(openChallengeId(indexKey, id)).toEqual({ issuedAt, siteTag: siteTagOf(site) });
      expect(openChallengeId(indexKey, other)).toBeUndefined();
    }),
  );
}, 30_000);
