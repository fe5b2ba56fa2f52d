import type { IndexKey } from '../keys/index-key.ts';
import type { Site } from '../sites/site.ts';
import { readDeviceToken } from './device-token.ts';
import { devicesOf } from './revoke-devices.ts';
import { subjectOf } from './visitor.ts';

/** A browser from which the address was proven before, as its token says. */
export interface KnownDevice {
  issuedAt: Date;
  /** The visitor's browsers at the site, who may have taken all of them back: a digest. */
  visitor: string;
}

/** The browser that brings this token, if it is a genuine one for the address. */
export function findDevice(
  indexKey: IndexKey,
  { site, addressDigest }: { site: Site; addressDigest: string },
  token: string | undefined,
  now: Date,
): KnownDevice | undefined {
  const issuedAt = readDeviceToken(indexKey, addressDigest, token, now);
  if (issuedAt === undefined) return undefined;
  return { issuedAt, visitor: devicesOf(indexKey, { site: site.id, subject: subjectOf(indexKey, { site, addressDigest }) }) };
}
