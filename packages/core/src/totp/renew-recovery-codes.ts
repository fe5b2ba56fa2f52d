import type { Proof } from '../access/proof.ts';
import { refuse, type Refusal } from '../errors.ts';
import type { RandomBytes } from '../ports.ts';
import { locateEnrolment, openOrThrow, type AttemptDependencies } from './attempt-totp.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';

/** Makes ten new recovery codes for whom the enrolment stands for. The old ones, used or not, work no more. */
export function createRenewRecoveryCodes(
  dependencies: Omit<AttemptDependencies, 'spendLimits'> & { randomBytes: RandomBytes },
): (input: { id: string; pass: Proof }) => Promise<{ ok: true; recoveryCodes: string[] } | Refusal> {
  const { indexKey, sealingKeys, enrolments, now, randomBytes } = dependencies;

  return async ({ id, pass }) => {
    const located = await locateEnrolment(dependencies, id);
    if (!located || located.site.id !== pass.site) return refuse('totp_unknown');
    const { enrolment } = located;
    if (enrolment.endedAt) return refuse('totp_ended');
    // By what is sealed, not by the digest beside it: whoever can write that could get codes for somebody else's app.
    if (openOrThrow(sealingKeys, enrolment).subject !== pass.subject || !enrolment.confirmedAt) return refuse('totp_unknown');

    const { shown, digests } = makeRecoveryCodes(indexKey, id, randomBytes);
    const replaced = await enrolments.replaceRecoveryCodes(id, digests, now());
    return replaced ? { ok: true, recoveryCodes: shown } : refuse('totp_ended');
  };
}
