import type { RandomBytes } from '../ports.ts';
import { open, seal, type SealContext } from './seal.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** What a note is for, and what it belongs to: it opens for nothing else. */
type NoteContext = Pick<SealContext, 'purpose' | 'id'>;

/**
 * Seals something together with the time, to be carried by somebody who may neither read nor change it.
 *
 * @returns `time.sealed`: milliseconds since 1970 in base 36, base64url
 */
export function sealNote(
  keys: SealingKeys,
  context: NoteContext,
  text: string,
  issuedAt: Date,
  randomBytes: RandomBytes,
): string {
  return `${issuedAt.getTime().toString(36)}.${seal(keys, { ...context, site: '', issuedAt }, text, randomBytes)}`;
}

/** `undefined` when it does not open, or is older than `maxAgeSeconds`. */
export function openNote(
  keys: SealingKeys,
  context: NoteContext,
  note: string,
  { now, maxAgeSeconds }: { now: Date; maxAgeSeconds: number },
): string | undefined {
  const { time, sealed } = /^(?<time>[0-9a-z]{1,10})\.(?<sealed>[\w-]+)$/.exec(note)?.groups ?? {};
  if (time === undefined || sealed === undefined) return undefined;
  const issuedAt = new Date(Number.parseInt(time, 36));
  if (!(now.getTime() - issuedAt.getTime() <= maxAgeSeconds * 1000)) return undefined;
  return open(keys, { ...context, site: '', issuedAt }, sealed);
}
