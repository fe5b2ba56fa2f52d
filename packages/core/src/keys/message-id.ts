import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { IndexKey } from './index-key.ts';
import { mac } from './mac.ts';

/** What a Message-ID of ours says to us, and to nobody else. */
export interface MessageIdClaims {
  addressDigest: string;
  issuedAt: Date;
}

// A MAC that is also the counter (as in RFC 5297), then, encrypted, the digest of the address and the time. So the same
// mail always has the same id, and a report that comes after the challenge is gone still says whom it is about.
const tagBytes = 16;
const digestBytes = 32;
const idBytes = tagBytes + digestBytes + 6;
const idPattern = /^[A-Za-z0-9_-]{72}$/;

/** What stands in front of the @ of a mail's Message-ID: the same for every try at the same mail. */
export function makeMessageId(indexKey: IndexKey, { addressDigest, issuedAt }: MessageIdClaims, mail: string): string {
  const plain = Buffer.alloc(digestBytes + 6);
  plain.set(Buffer.from(addressDigest, 'base64url').subarray(0, digestBytes));
  plain.writeUIntBE(issuedAt.getTime(), digestBytes, 6);
  // Two mails to one address must not look alike: which mail it is goes into the MAC by way of the last bytes of it.
  const salt = Buffer.from(mac(indexKey.messageId, ['mail', mail]), 'base64url').subarray(0, 4);
  const tag = Buffer.concat([tagOf(indexKey, Buffer.concat([salt, plain])), salt]);
  const cipher = createCipheriv('aes-256-ctr', indexKey.messageIdCipher, tag);
  return Buffer.concat([tag, cipher.update(plain)]).toString('base64url');
}

/** The claims of a Message-ID that this deployment wrote, with or without its domain and brackets; else `undefined`. */
export function openMessageId(indexKey: IndexKey, text: string): MessageIdClaims | undefined {
  const id = /^\s*<?([^<>@\s]+)(@[^<>@\s]+)?>?\s*$/.exec(text)?.[1] ?? '';
  if (!idPattern.test(id)) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  const tag = bytes.subarray(0, tagBytes);
  const plain = createDecipheriv('aes-256-ctr', indexKey.messageIdCipher, tag).update(bytes.subarray(tagBytes, idBytes));
  const salt = tag.subarray(tagBytes - 4);
  if (!timingSafeEqual(tagOf(indexKey, Buffer.concat([salt, plain])), tag.subarray(0, tagBytes - 4))) return undefined;
  return {
    addressDigest: plain.subarray(0, digestBytes).toString('base64url'),
    issuedAt: new Date(plain.readUIntBE(digestBytes, 6)),
  };
}

/** 12 bytes: a forger would have to ask 2^96 times, over a webhook that wants a secret first. */
function tagOf(indexKey: IndexKey, bytes: Buffer): Buffer {
  return createHmac('sha256', indexKey.messageId).update(bytes).digest().subarray(0, tagBytes - 4);
}
