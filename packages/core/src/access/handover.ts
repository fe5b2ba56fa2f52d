import { createHash } from 'node:crypto';
import { openNote, sealNote } from '../keys/sealed-note.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { Clock, RandomBytes } from '../ports.ts';

/** Keeps a text for a moment, and gives it out once. Throws when it cannot be reached. */
export interface SingleUse {
  put(name: string, text: string, forMs: number): Promise<void>;
  take(name: string): Promise<string | undefined>;
}

/** A pass on its way to the origin that it is for. */
export interface Handover {
  token: string;
  site: string;
  returnTo: string;
  /** Digest of the nonce that the browser holds which set out from there. */
  nonceDigest: string;
}

const handoverSeconds = 30;

/**
 * Carries a pass from our origin to a protected one, which can only be reached by an address: a code that works once,
 * within 30 seconds, for the browser that set out from there. What waits meanwhile is sealed, under a digest.
 */
export function createHandovers(dependencies: {
  sealingKeys: SealingKeys;
  singleUse: SingleUse;
  now: Clock;
  randomBytes: RandomBytes;
}) {
  const { sealingKeys, singleUse, now, randomBytes } = dependencies;
  return {
    /** @returns the code */
    async begin(handover: Handover): Promise<string> {
      const code = Buffer.from(randomBytes(32)).toString('base64url');
      const id = digestToken(code);
      const note = sealNote(sealingKeys, { purpose: 'handover', id }, JSON.stringify(handover), now(), randomBytes);
      await singleUse.put(id, note, handoverSeconds * 1000);
      return code;
    },
    /** What the code stands for, once; `undefined` as well for another browser than the one it was made for. */
    async redeem(code: string, nonce: string | undefined): Promise<Handover | undefined> {
      const id = digestToken(code);
      const note = await singleUse.take(id);
      const text = note && openNote(sealingKeys, { purpose: 'handover', id }, note, { now: now(), maxAgeSeconds: handoverSeconds });
      const handover = text ? (JSON.parse(text) as Handover) : undefined;
      return nonce !== undefined && handover?.nonceDigest === digestToken(nonce) ? handover : undefined;
    },
  };
}

export type Handovers = ReturnType<typeof createHandovers>;

/** What stands for a random value of at least 128 bits where it must not be readable. */
export function digestToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
