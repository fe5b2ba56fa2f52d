import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { makeSecrets } from '@daypass/core/keys/make-secrets';

export const secretNames = ['DAYPASS_SECRETS', 'DAYPASS_INDEX_KEY', 'DAYPASS_SIGNING_KEYS'] as const;
export type SecretName = (typeof secretNames)[number];
export type SecretPaths = Record<SecretName, string>;

/** The files of the three secrets, made once: replacing one would forget passes, limits or subjects. */
export function keepSecrets(keysDir: string, now: Date): SecretPaths {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const paths = Object.fromEntries(secretNames.map((name) => [name, join(keysDir, name)])) as SecretPaths;
  const missing = secretNames.filter((name) => !existsSync(paths[name]));
  if (missing.length === 0) return paths;

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const made = makeSecrets(now, randomBytes, rsa);
  for (const name of missing) writeWhole(paths[name], `${made[name]}\n`);
  return paths;
}

/** A half-written key would be a lost key. */
function writeWhole(path: string, content: string): void {
  const part = `${path}.part`;
  const file = openSync(part, 'w', 0o600);
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  renameSync(part, path);
}
