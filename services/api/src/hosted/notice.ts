import type { ErrorCode, Refusal } from '@daypass/core/errors';
import { errorTexts } from '@daypass/messages/error-texts';
import type { flow, page } from '@daypass/messages/locales/en';
import type { PageTexts } from './page-texts.ts';

type Key = keyof typeof flow | keyof typeof page;

/** What there is to be said on the next page: why the last step led no further, or that it did. */
export interface Notice {
  code: ErrorCode | 'mailed_again' | 'half';
  seconds?: number;
  attemptsLeft?: number;
  /** The clock of the phone is off. */
  skewed?: true;
}

const keys: Record<Notice['code'], Key> = {
  ...errorTexts,
  credentials_invalid: 'error.setup',
  half: 'both.text',
  idempotency_mismatch: 'error.unknown',
  mailed_again: 'code.resent',
  pass_invalid: 'page.staleText',
  proof_required: 'page.scriptText',
};

export function noticeOf({ code, retryAfterSeconds, attemptsLeft, clockSkewSeconds }: Refusal): Notice {
  return {
    code,
    ...(retryAfterSeconds !== undefined && { seconds: retryAfterSeconds }),
    ...(attemptsLeft !== undefined && { attemptsLeft }),
    ...(clockSkewSeconds !== undefined && { skewed: true as const }),
  };
}

export function isGoodNews({ code }: Notice): boolean {
  return code === 'mailed_again' || code === 'half';
}

export function tell(texts: PageTexts, { code, seconds, attemptsLeft, skewed }: Notice): string {
  if (skewed) return texts.say('totp.clockSkew');
  if (attemptsLeft === 0) return texts.say('error.codeExhausted');
  const told = texts.say(keys[code], { when: texts.when(seconds ?? 60) });
  return attemptsLeft === undefined ? told : `${told} ${texts.say('code.attemptsLeft', { count: attemptsLeft })}`;
}
