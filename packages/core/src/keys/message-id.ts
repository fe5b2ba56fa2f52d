import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { openChallengeId } from './challenge-id.ts';
import type { IndexKey } from './index-key.ts';
import { macOfBytes } from './mac.ts';

/** Which mail a Message-ID of ours is on: the challenge and the send, which anybody may read, and, sealed, to whom. */
export interface MailName {
  id: string;
  send: number;
  addressDigest: string;
}

// After the challenge and the send comes a MAC that is also the counter (as in RFC 5297), then, encrypted, the digest of
// the address. So the same mail always has the same id, logs of mail servers can be matched with ours, and a report that
// comes after the challenge is gone still says whom it is about.
const tagBytes = 16;
const digestBytes = 32;
const idPattern = /^([\w-]{52})\.([1-9])\.([\w-]{64})$/;

/** What stands in front of the @ of a mail's Message-ID: the same for every try at the same mail. */
export function makeMessageId(indexKey: IndexKey, { id, send, addressDigest }: MailName): string {
  const digest = Buffer.from(addressDigest, 'base64url');
  const tag = tagOf(indexKey, `${id}.${send}`, digest);
  const sealed = createCipheriv('aes-256-ctr', indexKey.messageIdCipher, tag).update(digest);
  return `${id}.${send}.${Buffer.concat([tag, sealed]).toString('base64url')}`;
}

/** The mail that a Message-ID of this deployment is on, with or without its domain and brackets; else `undefined`. */
export function openMessageId(indexKey: IndexKey, text: string): (MailName & { issuedAt: Date }) | undefined {
  const local = /^\s*<?([^<>@\s]+)(@[^<>@\s]+)?>?\s*$/.exec(text)?.[1] ?? '';
  const [, id = '', send = '', rest = ''] = idPattern.exec(local) ?? [];
  const challenge = openChallengeId(indexKey, id);
  if (!challenge) return undefined;
  const bytes = Buffer.from(rest, 'base64url');
  const tag = bytes.subarray(0, tagBytes);
  const digest = createDecipheriv('aes-256-ctr', indexKey.messageIdCipher, tag).update(bytes.subarray(tagBytes, tagBytes + digestBytes));
  if (!timingSafeEqual(tagOf(indexKey, `${id}.${send}`, digest), tag)) return undefined;
  return { id, send: Number(send), addressDigest: digest.toString('base64url'), issuedAt: challenge.issuedAt };
}

function tagOf(indexKey: IndexKey, mail: string, digest: Buffer): Buffer {
  return Buffer.from(macOfBytes(indexKey.messageId, Buffer.concat([Buffer.from(mail), digest])), 'binary').subarray(0, tagBytes);
}
