import { generateKeyPairSync, randomBytes } from 'node:crypto';

/**
 * Fresh values of the three secret variables, as text for an environment or a file.
 * Made once for a deployment: see docs/operations for what replacing each of them costs.
 */
export function makeSecrets(now: Date): Record<
  'DAYPASS_SECRETS' | 'DAYPASS_INDEX_KEY' | 'DAYPASS_SIGNING_KEYS',
  string
> {
  const kid = now.toISOString().slice(0, 10).replaceAll('-', '');
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    DAYPASS_SECRETS: `k${kid}:${randomBytes(32).toString('base64url')}`,
    DAYPASS_INDEX_KEY: randomBytes(32).toString('base64url'),
    DAYPASS_SIGNING_KEYS: JSON.stringify([privateKey.export({ format: 'jwk' })]),
  };
}
