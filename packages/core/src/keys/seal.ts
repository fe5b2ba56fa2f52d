import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '../ports.ts';
import { batchKey, currentBatch, saltBytes } from './batch-keys.ts';
import type { SealingKeys } from './sealing-keys.ts';

const version = 2;
const nonceBytes = 12;
const tagBytes = 16;

/** What a sealed value is bound to: it opens only where all of this is the same. */
export interface SealContext {
  purpose: 'code' | 'totp' | 'login' | 'handover' | 'oidc';
  site: string;
  id: string;
  issuedAt: Date;
}

/**
 * Seals a text with AES-256-GCM (NIST SP 800-38D) under a key derived from the active one.
 *
 * A derived key seals a batch of values, each with a random nonce. The limit of 2^32 random nonces under one key
 * (SP 800-38D §8.3), which a busy deployment reaches in days, does not apply to the key that they are derived from.
 *
 * @returns base64url of: version, length of kid, kid, salt of the batch, nonce, ciphertext, tag
 */
export function seal(
  keys: SealingKeys,
  context: SealContext,
  plaintext: string,
  randomBytes: RandomBytes,
): string {
  const { kid } = keys.active;
  const { salt, key } = currentBatch(keys.active.seal, randomBytes);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(context));
  const ciphertext = cipher.update(plaintext, 'utf8');
  cipher.final(); // GCM keeps nothing back.
  return Buffer.concat([headOf(kid), salt, nonce, ciphertext, cipher.getAuthTag()]).toString('base64url');
}

/**
 * Opens what {@link seal} made. `undefined` when it was edited, moved to another context, cut short or
 * sealed under a key that is not there: {@link isKeyMissing} tells that one apart. Visitors are told none of it.
 */
export function open(keys: SealingKeys, context: SealContext, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.toString('base64url') !== sealed) return undefined; // Decoding overlooks what it does not know.
  const saltStart = 2 + (bytes[1] ?? 0);
  const nonceStart = saltStart + saltBytes;
  const bodyStart = nonceStart + nonceBytes;
  if (bytes[0] !== version || bytes.length < bodyStart + tagBytes) return undefined;

  const kid = kidOf(bytes);
  const sealingKey = keys.all.find((candidate) => candidate.kid === kid);
  if (!sealingKey) {
    // What visitors carry names whatever key they like.
    if (context.purpose !== 'login') keys.onMissing?.(kid);
    return undefined;
  }

  const key = batchKey(sealingKey.seal, bytes.subarray(saltStart, nonceStart));
  const nonce = bytes.subarray(nonceStart, bodyStart);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return decipher.update(bytes.subarray(bodyStart, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

/** Whether it is sealed under a key that is not there: then nothing can open it, whatever else may be wrong with it. */
export function isKeyMissing(keys: SealingKeys, sealed: string): boolean {
  const bytes = Buffer.from(sealed, 'base64url');
  const kid = kidOf(bytes);
  if (bytes[0] !== version || kid === '' || keys.all.some((candidate) => candidate.kid === kid)) return false;
  keys.onMissing?.(kid);
  return true;
}

/** That of the active key is asked for over and over. */
let lastHead = { kid: '', bytes: Buffer.from([version, 0]) };

function headOf(kid: string): Buffer {
  if (lastHead.kid !== kid) lastHead = { kid, bytes: Buffer.concat([Buffer.from([version, kid.length]), Buffer.from(kid)]) };
  return lastHead.bytes;
}

function kidOf(bytes: Buffer): string {
  return bytes.toString('latin1', 2, 2 + (bytes[1] ?? 0));
}

function associatedData({ purpose, site, id, issuedAt }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([version, purpose, site, id, issuedAt.getTime()]));
}
