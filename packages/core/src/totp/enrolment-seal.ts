import { open, seal, type SealContext } from '../keys/seal.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { RandomBytes } from '../ports.ts';
import type { Enrolment, TotpFormat } from './enrolment.ts';
import type { TotpKey } from './totp-code.ts';

/** What only a verification may read. */
export interface EnrolmentSecret extends TotpKey {
  /**
   * Whose passes the app gives. It is in the seal because whoever can write to the database could put somebody else's
   * beside it.
   */
  subject: string;
}

type Bound = Pick<Enrolment, 'id' | 'site' | 'createdAt'>;

export function sealEnrolment(
  keys: SealingKeys,
  bound: Bound,
  { secret, subject, algorithm, digits }: EnrolmentSecret,
  randomBytes: RandomBytes,
): { sealed: string; sealedWith: string } {
  const text = JSON.stringify([Buffer.from(secret).toString('base64url'), subject, algorithm, digits]);
  return { sealed: seal(keys, contextOf(bound), text, randomBytes), sealedWith: keys.active.kid };
}

/** `undefined` when it does not open: see {@link open}. */
export function openEnrolment(keys: SealingKeys, enrolment: Bound & { sealed?: string }): EnrolmentSecret | undefined {
  const text = enrolment.sealed === undefined ? undefined : open(keys, contextOf(enrolment), enrolment.sealed);
  if (text === undefined) return undefined;
  const [secret, subject, algorithm, digits] = JSON.parse(text) as [
    string,
    string,
    TotpFormat['algorithm'],
    TotpFormat['digits'],
  ];
  return { secret: Buffer.from(secret, 'base64url'), subject, algorithm, digits };
}

function contextOf({ id, site, createdAt }: Bound): SealContext {
  return { purpose: 'totp', site, id, issuedAt: createdAt };
}
