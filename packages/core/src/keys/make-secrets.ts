import { createPrivateKey } from 'node:crypto';
import type { RandomBytes } from '../ports.ts';

/**
 * Fresh values of the three secret variables, as text for an environment or a file.
 * Made once for a deployment: see docs/operations/keys.md for what replacing each of them costs.
 *
 * @param rsaKey a private JWK that is added to the signing keys, for OpenID Connect clients that know nothing newer
 */
export function makeSecrets(
  now: Date,
  randomBytes: RandomBytes,
  rsaKey?: object,
): Record<
  'DAYPASS_SECRETS' | 'DAYPASS_INDEX_KEY' | 'DAYPASS_SIGNING_KEYS',
  string
> {
  // To the minute, so that a key that takes the place of another has another name.
  const kid = now.toISOString().slice(0, 16).replaceAll(/\D/g, '');
  return {
    DAYPASS_SECRETS: `k${kid}:${randomKey(randomBytes)}`,
    DAYPASS_INDEX_KEY: randomKey(randomBytes),
    DAYPASS_SIGNING_KEYS: JSON.stringify([randomSigningKey(randomBytes), ...(rsaKey ? [rsaKey] : [])]),
  };
}

function randomKey(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(32)).toString('base64url');
}

// An Ed25519 private key is any 32 bytes (RFC 8032 §5.1.5). Behind this prefix they are PKCS #8 (RFC 8410 §7).
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

function randomSigningKey(randomBytes: RandomBytes): object {
  const key = Buffer.concat([pkcs8Prefix, randomBytes(32)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
}
