import { mac } from '../keys/mac.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { RandomBytes } from '../ports.ts';

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
  const tag = mac(indexKey.device, [addressDigest, time, nonce]);
  return `${time}.${nonce}.${tag}`;
}
