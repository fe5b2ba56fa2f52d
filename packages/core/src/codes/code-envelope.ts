import { open, seal, type SealContext } from '../keys/seal.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { RandomBytes } from '../ports.ts';

/** What a mailer needs and nobody else may read. It travels in the job and rests in the challenge. */
export interface CodeEnvelope {
  /** The address as it is written on the mail's envelope. */
  address: string;
  code: string;
  /** BCP 47, as the visitor asked for it. */
  locale?: string;
}

type Bound = Omit<SealContext, 'purpose'>;

export function sealCode(
  keys: SealingKeys,
  bound: Bound,
  { address, code, locale }: CodeEnvelope,
  randomBytes: RandomBytes,
): string {
  const text = JSON.stringify(locale === undefined ? [address, code] : [address, code, locale]);
  return seal(keys, { purpose: 'code', ...bound }, text, randomBytes);
}

/** `undefined` when it does not open: see {@link open}. */
export function openCode(keys: SealingKeys, bound: Bound, sealed: string): CodeEnvelope | undefined {
  const text = open(keys, { purpose: 'code', ...bound }, sealed);
  if (text === undefined) return undefined;
  const [address, code, locale] = JSON.parse(text) as [string, string, string?];
  return locale === undefined ? { address, code } : { address, code, locale };
}
