import { parseIndexKey } from './index-key.ts';
import { parseSealingKeys } from './sealing-keys.ts';
import { parseSigningKeys } from './signing-keys.ts';

/** What the three secrets are called where they are given, what they want, and how they are read. */
export const sealingKeysVariable = {
  name: 'DAYPASS_SECRETS',
  wants: 'kid:key pairs, comma-separated, each key 32 bytes as base64url; the first is active',
  parse: parseSealingKeys,
  secret: true,
};

export const indexKeyVariable = {
  name: 'DAYPASS_INDEX_KEY',
  wants: '32 bytes as base64url',
  parse: parseIndexKey,
  secret: true,
};

export const signingKeysVariable = {
  name: 'DAYPASS_SIGNING_KEYS',
  wants: 'a JSON array of private JWKs, Ed25519 and, for ID tokens, RSA; the first Ed25519 one signs passes',
  parse: parseSigningKeys,
  secret: true,
};
