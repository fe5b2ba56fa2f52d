import { createHash, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../ports.ts';
import type { IndexKey } from './index-key.ts';
import { macOfBytes } from './mac.ts';

/** What a genuine id says about its challenge without a look-up. */
export interface ChallengeIdClaims {
  issuedAt: Date;
  siteTag: string;
}

// 16 random bytes, 6 of time (ms since 1970), 4 of the site, 13 of MAC. 39 bytes are 52 characters with no
// bit to spare, so that an id can be written in one way only.
const timeAt = 16;
const siteAt = 22;
const macAt = 26;
const idBytes = 39;
const idPattern = /^[A-Za-z0-9_-]{52}$/;

/** Makes a challenge id: 128 random bits, the time of issue, the site, and a MAC over all of it. */
export function makeChallengeId(
  indexKey: IndexKey,
  siteTag: string,
  issuedAt: Date,
  randomBytes: RandomBytes,
): string {
  const bytes = Buffer.alloc(idBytes);
  bytes.set(randomBytes(timeAt));
  bytes.writeUIntBE(issuedAt.getTime(), timeAt, 6);
  bytes.write(siteTag, siteAt, 'hex');
  bytes.write(tag(indexKey, bytes), macAt, 'binary');
  return bytes.toString('base64url');
}

/** The claims of an id that this deployment made, or `undefined` for any other text. */
export function openChallengeId(indexKey: IndexKey, id: string): ChallengeIdClaims | undefined {
  if (!idPattern.test(id)) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  if (!timingSafeEqual(Buffer.from(tag(indexKey, bytes), 'binary'), bytes.subarray(macAt))) return undefined;
  return {
    issuedAt: new Date(bytes.readUIntBE(timeAt, 6)),
    siteTag: bytes.toString('hex', siteAt, macAt),
  };
}

/** Four bytes that stand for a site inside an id (hex). Two sites of one deployment never share them. */
export function siteTagOf(siteId: string): string {
  return createHash('sha256').update(siteId).digest('hex').slice(0, 2 * (macAt - siteAt));
}

function tag(indexKey: IndexKey, bytes: Buffer): string {
  return macOfBytes(indexKey.challengeId, bytes.subarray(0, macAt)).slice(0, idBytes - macAt);
}
