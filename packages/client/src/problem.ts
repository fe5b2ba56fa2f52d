import type { operations } from './generated/types.ts';

/** What the API says when it will not do something. Each has a page, at `type` of the problem. */
export type ProblemCode =
  | 'address_invalid'
  | 'address_not_allowed'
  | 'challenge_unknown'
  | 'code_exhausted'
  | 'code_expired'
  | 'code_rejected'
  | 'code_used'
  | 'credentials_invalid'
  | 'idempotency_mismatch'
  | 'internal_error'
  | 'malformed_request'
  | 'not_found'
  | 'origin_refused'
  | 'pass_invalid'
  | 'pass_required'
  | 'payload_too_large'
  | 'proof_required'
  | 'proxy_untrusted'
  | 'report_refused'
  | 'return_refused'
  | 'site_unknown'
  | 'too_many_requests'
  | 'totp_ended'
  | 'totp_unknown'
  | 'unavailable'
  | 'unsupported_media_type';

/** What can go wrong before there is an answer, or with one that is none of the API's. */
export type ClientErrorCode =
  /** Nobody answered: offline, a wrong `baseUrl`, an origin that the site does not have. */
  | 'network_failed'
  /** The deadline passed. What was asked for may have happened. */
  | 'timed_out'
  /** The puzzle could not be solved here, or the API did not take the solution. */
  | 'proof_failed'
  /** Whatever answered is not Daypass. */
  | 'unexpected_answer';

/** RFC 9457, as the API fills it in. */
export type Problem = operations['requestCode']['responses']['4XX']['content']['application/problem+json'];

/** What is to be solved before a code is mailed (`proof_required`): an ALTCHA challenge. */
export type Puzzle = NonNullable<Problem['proof']>;

/** Everything that a call may end with besides its result and the reason of its signal. */
export class DaypassError extends Error {
  override readonly name = 'DaypassError';
  /** Which one it is. There may be newer ones than this client knows. */
  readonly code: ProblemCode | ClientErrorCode | (string & {});
  /** The status of the answer; 0 when there was none. */
  readonly status: number;
  /** Seconds until trying again makes sense (`too_many_requests`, `unavailable`). */
  readonly retryAfter: number | undefined;
  /** Wrong codes that the challenge still takes (`code_rejected`). */
  readonly attemptsLeft: number | undefined;
  /** Seconds that the clock of an authenticator app is off, negative when it is behind (`code_rejected`). */
  readonly clockSkew: number | undefined;
  readonly problem: Problem | undefined;

  constructor(code: ProblemCode | ClientErrorCode, message: string, options?: { status?: number; cause?: unknown });
  constructor(problem: Problem);
  constructor(code: string | Problem, message = '', options: { status?: number; cause?: unknown } = {}) {
    const problem = typeof code === 'string' ? undefined : code;
    super(problem ? (problem.detail ?? problem.title) : message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = typeof code === 'string' ? code : code.code;
    this.status = problem?.status ?? options.status ?? 0;
    this.retryAfter = problem?.retryAfter;
    this.attemptsLeft = problem?.attemptsLeft;
    this.clockSkew = problem?.clockSkew;
    this.problem = problem;
  }
}
