import type { Refusal } from '../errors.ts';
import { createAttemptTotp, type AttemptDependencies, type ProvenHolder } from './attempt-totp.ts';
import { digestRecoveryCode } from './recovery-codes.ts';

/** Lets in by a recovery code in the place of the app, once each, under the throttle of the app's own codes. */
export function createRecoverTotp(
  dependencies: AttemptDependencies,
): (input: { id: string; recoveryCode: string; ip: string }) => Promise<ProvenHolder | Refusal> {
  const { indexKey } = dependencies;
  const attempt = createAttemptTotp(dependencies);

  return ({ id, recoveryCode, ip }) =>
    attempt({ id, ip, kind: 'recover' }, () => {
      const digest = digestRecoveryCode(indexKey, id, recoveryCode);
      return digest === undefined ? undefined : { kind: 'recover', digest };
    });
}
