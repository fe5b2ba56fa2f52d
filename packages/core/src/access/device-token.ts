import { timingSafeEqual } from 'node:crypto';
import { mac } from '../keys/mac.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { RandomBytes } from '../ports.ts';

/** For how long a browser is known. Each time an address is proven it gets a new token. */
export const deviceTokenSeconds = 180 * 24 * 60 * 60;

/** How far behind the clock of another process may be that issued a token. */
const clockMarginSeconds = 120;

const tokenPattern = /^([0-9a-z]{1,9})\.([\w-]{16})\.([\w-]{43})$/;

/**
 * A mark for a browser from which an address has been proven. It says nothing by itself: only together with the
 * address does it show that this browser has been here before.
 *
 * @returns `issuedAt.nonce.mac`: seconds since 1970 in base 36, 96 random bits, 256 bits of MAC
 */
export function makeDeviceToken(
  indexKey: IndexKey,
  addressDigest: string,
  issuedAt: Date,
  randomBytes: RandomBytes,
): string {
  const time = Math.floor(issuedAt.getTime() / 1000).toString(36);
  const nonce = Buffer.from(randomBytes(12)).toString('base64url');
  return `${time}.${nonce}.${tagOf(indexKey, addressDigest, time, nonce)}`;
}

/**
 * When a token was issued, if it is one of ours for this address and not too old. Whether it was revoked since is for
 * the limits to see to.
 */
export function readDeviceToken(
  indexKey: IndexKey,
  addressDigest: string,
  token: string | undefined,
  now: Date,
): Date | undefined {
  const [, time = '', nonce = '', tag] = tokenPattern.exec(token ?? '') ?? [];
  if (tag === undefined) return undefined;
  if (!timingSafeEqual(Buffer.from(tag), Buffer.from(tagOf(indexKey, addressDigest, time, nonce)))) return undefined;

  const issuedAt = new Date(Number.parseInt(time, 36) * 1000);
  const ageSeconds = (now.getTime() - issuedAt.getTime()) / 1000;
  return ageSeconds >= -clockMarginSeconds && ageSeconds < deviceTokenSeconds ? issuedAt : undefined;
}

function tagOf(indexKey: IndexKey, addressDigest: string, time: string, nonce: string): string {
  return mac(indexKey.device, [addressDigest, time, nonce]);
}
