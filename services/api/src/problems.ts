import type { ErrorCode } from '@daypass/core/errors';

/** What can be wrong with a request before the domain hears of it, or with us. */
export type HttpErrorCode =
  | 'internal_error'
  | 'malformed_request'
  | 'not_found'
  | 'origin_refused'
  | 'payload_too_large'
  | 'proxy_untrusted'
  | 'return_refused'
  | 'report_refused'
  | 'unsupported_media_type';

export type ProblemCode = ErrorCode | HttpErrorCode;

/** A problem type (RFC 9457 §4): what /problems/<code> says, and what every such answer has in common. */
export interface ProblemType {
  status: number;
  title: string;
  /** For whoever meets it: what happened, and what to do. */
  explanation: string;
}

export const problems = {
  address_invalid: {
    status: 422,
    title: 'Not an email address',
    explanation:
      'The address cannot be mailed to as it stands. One plain address is wanted, without a name, comments or quotes. Show it to the visitor again to be corrected.',
  },
  address_not_allowed: {
    status: 422,
    title: 'Address not taken here',
    explanation:
      'The site does not take addresses of this mail domain. It may take those of its own organisation alone, or none of services that hand out mailboxes for a moment. Ask the visitor for another address.',
  },
  challenge_unknown: {
    status: 404,
    title: 'Unknown challenge',
    explanation:
      'The id in the path was not made by this deployment, or by one with another DAYPASS_INDEX_KEY, or for a site that it no longer has. Use the id exactly as POST /v1/codes returned it.',
  },
  code_exhausted: {
    status: 410,
    title: 'Too many wrong codes',
    explanation: 'Five wrong codes were typed. The code is dead, also for its owner. Ask for a new one.',
  },
  code_expired: {
    status: 410,
    title: 'Code expired',
    explanation: 'The lifetime of the code is over. Ask for a new one.',
  },
  code_rejected: {
    status: 422,
    title: 'Wrong code',
    explanation:
      'The code is not the one that was mailed, or not one that the authenticator app shows now and that was not used before. `attemptsLeft`, where it is given, says how many more wrong ones the challenge takes. `clockSkew`, where it is given, says by how many seconds the clock of the phone is off, negative when it is behind: set it by the network, and type the next code.',
  },
  code_used: {
    status: 409,
    title: 'Code already used',
    explanation: 'A code works once, and this one has. If it was not you who used it, ask for a new one.',
  },
  credentials_invalid: {
    status: 401,
    title: 'Site credentials refused',
    explanation:
      'The request carries an Authorization header, or a `client`, without credentials of the site that it is for. A backend signs in with Authorization: Basic and site:secret; the sites file holds the SHA-256 of the secret, which is 32 random bytes as base64url. A page sends neither.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'Idempotency-Key used before',
    explanation:
      'In the last 15 minutes another request for this address at this site had the same Idempotency-Key. Make a new random key for each request that is not the same as before.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong here',
    explanation: 'This is our fault. Nothing is known to have happened. The request id helps whoever runs this to find it in the log.',
  },
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    explanation:
      'The request is not what the interface takes: `detail` names the place and what is wanted there. Members that are not in the reference are refused too.',
  },
  not_found: {
    status: 404,
    title: 'Nothing here',
    explanation: 'There is no such path, or not with this method. The reference at /docs lists all of them.',
  },
  origin_refused: {
    status: 403,
    title: 'Origin refused',
    explanation:
      'The page that sent this request is not one of the origins of the site, or the request needs an Origin header and has none. Add the origin to the site, scheme and port included.',
  },
  pass_invalid: {
    status: 401,
    title: 'No valid pass',
    explanation: 'There is no pass in the request, or it is expired, taken back, edited, or meant for something else. Get in again.',
  },
  pass_required: {
    status: 401,
    title: 'A pass is required',
    explanation:
      'This is only done for a visitor who is in already. Get in, by an emailed code for example, and send the pass: Authorization: Bearer. Where a site asks for both, an app is enrolled with an emailed code the first time, and later by who has the app.',
  },
  proof_required: {
    status: 428,
    title: 'A proof of work is needed',
    explanation:
      'There are many requests from this network, many wrong codes for this address, or an attack on the site: it is not you, but your browser has to show that it takes some trouble. `proof` is a puzzle of ALTCHA (https://altcha.org). Solve it within two minutes, and send the same request again with the solution as `proof`; the ALTCHA widget does that by itself in a moment. Without a script it cannot be done. Then wait a while (five minutes, if it is the network), try from another network, or get in another way, with an authenticator app for example.',
  },
  payload_too_large: {
    status: 413,
    title: 'Request too large',
    explanation: 'The body is larger than anything this interface takes.',
  },
  proxy_untrusted: {
    status: 403,
    title: 'Not a proxy of ours',
    explanation: 'Only a reverse proxy that TRUSTED_PROXIES names may ask this. Add the address it calls from.',
  },
  return_refused: {
    status: 403,
    title: 'Not an address of this site',
    explanation:
      'The proxy asks about an address whose origin is not one of the site’s `returnOrigins`, or it does not say which address it asks about. Add the origin to the site, scheme and port included, and look at the headers that docs/forward-auth.md wants.',
  },
  report_refused: {
    status: 401,
    title: 'Report not taken',
    explanation: 'Reports of mails are taken with `Authorization: Bearer` and the secret of DAYPASS_REPORT_SECRET.',
  },
  site_unknown: {
    status: 404,
    title: 'Unknown site',
    explanation: 'This deployment has no site of that name. A request without `site` is for the one called `default`, which there need not be: then each request has to name one.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    explanation:
      'A limit is spent: for the address, for the network, for the challenge or for the authenticator app. Wait for `retryAfter` seconds (also in Retry-After), and show the visitor how long that is.',
  },
  totp_ended: {
    status: 410,
    title: 'Authenticator app no longer enrolled',
    explanation:
      'The enrolment has ended: its time was over, its holder ended it, or too many wrong codes were typed. Remove it from the app, get in by an emailed code, and enrol again.',
  },
  totp_unknown: {
    status: 404,
    title: 'Unknown enrolment',
    explanation:
      'There is no enrolment under the id in the path for what was asked. It was never made, or ended some time ago; it was not confirmed within ten minutes of being made; it is confirmed already; or the pass is of another visitor.',
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    explanation: 'Something this service needs is away, or there is too much to do. Nothing was taken on. Try again after Retry-After seconds.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    explanation: 'The body has to be JSON, and say so: Content-Type: application/json.',
  },
} as const satisfies Record<ProblemCode, ProblemType>;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}
