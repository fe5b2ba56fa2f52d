import { errorTexts } from '@daypass/messages/error-texts';
import { DaypassError } from '../problem.ts';
import type { FlowKey, Told } from './view.ts';

const keys: Record<string, FlowKey> = {
  ...errorTexts,
  internal_error: 'error.unavailable',
  timed_out: 'error.unavailable',
  network_failed: 'error.offline',
  proof_failed: 'error.proof',
  origin_refused: 'error.setup',
  unexpected_answer: 'error.setup',
};

/** What a visitor is told of an error. */
export function tellError(error: unknown): Told[] {
  if (!(error instanceof DaypassError)) return [{ key: 'error.unknown' }];
  const { code, attemptsLeft, clockSkew, retryAfter } = error;
  if (code === 'code_rejected' && clockSkew !== undefined) return [{ key: 'totp.clockSkew' }];
  if (attemptsLeft === 0) return [{ key: 'error.codeExhausted' }];
  const told: Told[] = [{ key: keys[code] ?? 'error.unknown', inSeconds: retryAfter ?? 60 }];
  if (attemptsLeft !== undefined) told.push({ key: 'code.attemptsLeft', count: attemptsLeft });
  return told;
}

/** After these there is nothing to type any more. */
export function endsCode(error: unknown): boolean {
  const final = ['challenge_unknown', 'code_exhausted', 'code_expired', 'code_used'];
  return error instanceof DaypassError && (final.includes(error.code) || error.attemptsLeft === 0);
}
