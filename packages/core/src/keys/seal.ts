import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '../ports.ts';
import type { SealingKeys } from './sealing-keys.ts';

const version = 1;
const saltBytes = 16;
const tagBytes = 16;

/** What a sealed value is bound to: it opens only where all of this is the same. */
export interface SealContext {
  purpose: 'code' | 'totp' | 'login' | 'handover' | 'oidc';
  site: string;
  id: string;
  issuedAt: Date;
}

/**
 * Seals a text with AES-256-GCM (NIST SP 800-38D) under the active key.
 *
 * Key and nonce are derived from 128 random bits for each value, so the limit of 2^32 random nonces
 * under one key (SP 800-38D §8.3), which a busy deployment reaches in days, does not apply.
 *
 * @returns base64url of: version, length of kid, kid, salt, ciphertext, tag
 */
export function seal(
  keys: SealingKeys,
  context: SealContext,
  plaintext: string,
  randomBytes: RandomBytes,
): string {
  const kid = Buffer.from(keys.active.kid);
  const salt = randomBytes(saltBytes);
  const { key, nonce } = messageKey(keys.active.seal, salt);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(context));
  const head = Buffer.from([version, kid.length]);
  const body = [cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([head, kid, salt, ...body]).toString('base64url');
}

/**
 * Opens what {@link seal} made. `undefined` when it was edited, moved to another context, cut short or
 * sealed under a key that is not there: the caller cannot tell these apart, and should not.
 */
export function open(keys: SealingKeys, context: SealContext, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.toString('base64url') !== sealed) return undefined; // Decoding overlooks what it does not know.
  const kidLength = bytes[1] ?? 0;
  const bodyStart = 2 + kidLength + saltBytes;
  if (bytes[0] !== version || bytes.length < bodyStart + tagBytes) return undefined;

  const kid = bytes.toString('latin1', 2, 2 + kidLength);
  const sealingKey = keys.all.find((candidate) => candidate.kid === kid);
  if (!sealingKey) return undefined;

  const { key, nonce } = messageKey(sealingKey.seal, bytes.subarray(2 + kidLength, bodyStart));
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return decipher.update(bytes.subarray(bodyStart, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

/** A KeyObject, because a cipher takes 28 µs to begin with the bytes of a key, and 3 µs with one of these. */
function messageKey(key: KeyObject, salt: Uint8Array): { key: KeyObject; nonce: Buffer } {
  const bytes = createHmac('sha512', key).update(salt).digest();
  return { key: createSecretKey(bytes.subarray(0, 32)), nonce: bytes.subarray(32, 44) };
}

function associatedData({ purpose, site, id, issuedAt }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([version, purpose, site, id, issuedAt.getTime()]));
}
