import { createHash, timingSafeEqual } from 'node:crypto';

/** How a site's file says a secret that its backends sign in with. */
export const credentialPattern = '^sha256:[A-Za-z0-9_-]{43}$';

/** 32 bytes as base64url. */
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** Compared with where there is nothing to compare with. */
const noCredential = 'sha256:'.padEnd(50, 'A');

/**
 * What stands for a secret in the sites file. A secret is 32 random bytes: with 2^256 of them to try, one SHA-256 is as
 * good as a hash that is slow on purpose, and costs a request a microsecond instead of a tenth of a second (ADR 10).
 */
export function credentialOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('base64url')}`;
}

/**
 * Whether a secret is one of a site's. All are compared, each in constant time, and one where the site has none. What
 * is not as long as a random secret is none, whatever the file says: that is what the fast hash rests on.
 */
export function hasCredential(credentials: readonly string[], secret: string): boolean {
  const given = Buffer.from(credentialOf(secret));
  const known = credentials.length > 0 ? credentials : [noCredential];
  const matches = known.filter((credential) => timingSafeEqual(Buffer.from(credential), given));
  return matches.length > 0 && secretPattern.test(secret);
}
