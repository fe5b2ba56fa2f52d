import type { flow } from './locales/en.ts';

/** What a visitor is told of the problems that the API answers with, wherever that is: in a page of ours or of somebody else. */
export const errorTexts = {
  address_invalid: 'error.address',
  address_not_allowed: 'error.addressNotAllowed',
  challenge_unknown: 'error.codeExpired',
  code_exhausted: 'error.codeExhausted',
  code_expired: 'error.codeExpired',
  code_rejected: 'error.codeRejected',
  code_used: 'error.codeUsed',
  pass_required: 'error.setup',
  site_unknown: 'error.setup',
  too_many_requests: 'error.tooMany',
  totp_ended: 'error.totpEnded',
  totp_unknown: 'error.totpEnded',
  unavailable: 'error.unavailable',
} as const satisfies Record<string, keyof typeof flow>;
