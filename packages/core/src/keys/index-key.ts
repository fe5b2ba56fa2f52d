import type { KeyObject } from 'node:crypto';
import { decodeKey } from './decode-key.ts';
import { deriveKey } from './derive-key.ts';

/**
 * The keys behind DAYPASS_INDEX_KEY. They make look-ups possible without storing what is looked up, so
 * they must stay the same for as long as what they index: replacing them forgets limits, suppressions
 * and subjects.
 */
export interface IndexKey {
  address: KeyObject;
  network: KeyObject;
  challengeId: KeyObject;
  subject: KeyObject;
  device: KeyObject;
  holder: KeyObject;
  recovery: KeyObject;
  halfPass: KeyObject;
  messageId: KeyObject;
  messageIdCipher: KeyObject;
  idempotency: KeyObject;
  puzzle: KeyObject;
  revocation: KeyObject;
  cookie: KeyObject;
}

/** Reads DAYPASS_INDEX_KEY: 32 bytes as base64url. Throws {@link KeyError}. */
export function parseIndexKey(text: string): IndexKey {
  const root = decodeKey(text);
  return {
    address: deriveKey(root, 'index/address'),
    network: deriveKey(root, 'index/network'),
    challengeId: deriveKey(root, 'index/challenge-id'),
    subject: deriveKey(root, 'index/subject'),
    device: deriveKey(root, 'index/device'),
    holder: deriveKey(root, 'index/holder'),
    recovery: deriveKey(root, 'index/recovery'),
    halfPass: deriveKey(root, 'index/half-pass'),
    messageId: deriveKey(root, 'index/message-id'),
    messageIdCipher: deriveKey(root, 'index/message-id-cipher'),
    idempotency: deriveKey(root, 'index/idempotency'),
    puzzle: deriveKey(root, 'index/puzzle'),
    revocation: deriveKey(root, 'index/revocation'),
    cookie: deriveKey(root, 'index/cookie'),
  };
}
