/** Everything that Daypass tells a caller it will not do, by the name the HTTP contract gives it. */
export type ErrorCode =
  | 'address_invalid'
  | 'challenge_unknown'
  | 'code_exhausted'
  | 'code_expired'
  | 'code_rejected'
  | 'code_used'
  | 'pass_invalid'
  | 'pass_required'
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
