import type { LimitName } from './limits/limit.ts';
import type { Quota } from './limits/quota.ts';
import type { Puzzle } from './puzzles/puzzle.ts';

/** Everything that Daypass tells a caller it will not do, by the name the HTTP contract gives it. */
export type ErrorCode =
  | 'address_invalid'
  | 'address_not_allowed'
  | 'challenge_unknown'
  | 'code_exhausted'
  | 'code_expired'
  | 'code_rejected'
  | 'code_used'
  | 'credentials_invalid'
  | 'idempotency_mismatch'
  | 'pass_invalid'
  | 'pass_required'
  | 'proof_required'
  | 'site_unknown'
  | 'too_many_requests'
  | 'totp_ended'
  | 'totp_unknown'
  | 'unavailable';

/** An expected outcome other than success. A value, not an exception: the caller must look at it. */
export interface Refusal {
  ok: false;
  code: ErrorCode;
  /** One sentence for a person, holding nothing the caller did not send. */
  detail?: string;
  /** Whole seconds until the same request may succeed (`too_many_requests`, `unavailable`). */
  retryAfterSeconds?: number;
  /** How many more wrong codes this challenge takes (`code_rejected`). */
  attemptsLeft?: number;
  /** How far off the clock of an authenticator app is, negative when it is behind (`code_rejected`). */
  clockSkewSeconds?: number;
  /** What has to be solved first (`proof_required`). */
  puzzle?: Puzzle;
  /** What was wrong with the proof that came with the request, if one did (`proof_required`). For operators. */
  proofFault?: 'invalid' | 'used';
  /** Which limit refused (`too_many_requests`). For operators. */
  limit?: LimitName;
  /** How the limits stand that the caller meets. */
  quotas?: readonly Quota[];
}

export function refuse(code: ErrorCode, members: Omit<Refusal, 'ok' | 'code'> = {}): Refusal {
  return { ok: false, code, ...members };
}

/**
 * What is not an expected outcome. `code` is stable, `message` holds no address, code, secret or token,
 * and `cause` may hold anything: log its name, never its text.
 */
export class DaypassError extends Error {
  override readonly name = 'DaypassError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
