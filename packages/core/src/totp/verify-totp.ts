import type { Refusal } from '../errors.ts';
import { createAttemptTotp, type AttemptDependencies, type OpenedEnrolment, type ProvenHolder } from './attempt-totp.ts';
import type { Attempted, EnrolmentStore } from './enrolment.ts';
import { agreedSkewSeconds, findStray, matchStep, readTotpCode } from './totp-code.ts';

/** Checks a code of an authenticator app. A code of a step that was accepted before, or of an earlier one, is wrong. */
export function createVerifyTotp(
  dependencies: AttemptDependencies,
): (input: { id: string; code: string; ip: string }) => Promise<ProvenHolder | Refusal> {
  const attempt = createAttemptTotp(dependencies);

  return ({ id, code, ip }) =>
    attempt(
      { id, ip, kind: 'verify' },
      (opened, at) => {
        const step = compareCode(opened, code, at);
        return step === undefined ? undefined : { kind: 'verify', step };
      },
      (opened, refused, at) => explainRejection(dependencies.enrolments, opened, code, refused, at),
    );
}

/** The highest step near the present that the typed code is right for. */
export function compareCode({ secret }: OpenedEnrolment, typed: string, at: Date): number | undefined {
  const code = readTotpCode(secret, typed);
  return code === undefined ? undefined : matchStep(secret, code, at);
}

/**
 * Tells a visitor whose phone's clock is off by how much, once two codes in a row say so. It is looked for, and written
 * down that nothing was found, for every rejected code alike, so that the time an answer takes tells nothing of one.
 */
export async function explainRejection(
  enrolments: EnrolmentStore,
  { id, secret }: OpenedEnrolment,
  typed: string,
  refused: Attempted,
  at: Date,
): Promise<{ clockSkewSeconds?: number }> {
  const code = readTotpCode(secret, typed);
  const stray = code === undefined ? undefined : findStray(secret, code, at, refused);
  const before = await enrolments.noteStray(id, stray ?? null);
  const clockSkewSeconds = stray && agreedSkewSeconds(before, stray);
  return clockSkewSeconds === undefined ? {} : { clockSkewSeconds };
}
