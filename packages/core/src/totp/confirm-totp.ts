import { after } from '../codes/locate-challenge.ts';
import type { Refusal } from '../errors.ts';
import type { RandomBytes } from '../ports.ts';
import { createAttemptTotp, type AttemptDependencies, type ProvenHolder } from './attempt-totp.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { compareCode, explainRejection } from './verify-totp.ts';

const daySeconds = 24 * 60 * 60;

/** Confirms an enrolment with a first code of its app, which is a proof like any later one. */
export function createConfirmTotp(
  dependencies: AttemptDependencies & { randomBytes: RandomBytes },
): (input: { id: string; code: string; ip: string }) => Promise<(ProvenHolder & { recoveryCodes: string[] }) | Refusal> {
  const { indexKey, enrolments, randomBytes } = dependencies;
  const attempt = createAttemptTotp(dependencies);

  return async ({ id, code, ip }) => {
    const { shown, digests } = makeRecoveryCodes(indexKey, id, randomBytes);
    const proof = await attempt(
      { id, ip, kind: 'confirm' },
      (opened, at) => {
        const step = compareCode(opened, code, at);
        const endsAt = after(at, opened.site.totp.enrolmentDays * daySeconds);
        return step === undefined ? undefined : { kind: 'confirm', step, endsAt, recoveryDigests: digests };
      },
      (opened, refused, at) => explainRejection(enrolments, opened, code, refused, at),
    );
    return proof.ok ? { ...proof, recoveryCodes: shown } : proof;
  };
}
