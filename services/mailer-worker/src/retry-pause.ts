import type { IssueOutcome } from '@daypass/core/codes/issue-code';
import type { Verdict } from '@daypass/jobs/consumer';
import type { Setbacks } from '@daypass/jobs/setbacks';

/**
 * How long to leave a server alone that said "later" of a mail. Greylisting wants some minutes: 30 + 90 + 240 s are past
 * five of them however the dice fall, and the last is within a patience of ten.
 */
const deferralSeconds = [30, 90, 240, 240];
/** What passes by itself, and may at any moment. */
const troubleSeconds = [1, 2, 4, 8, 15];
/** A pause varies by so much of it, so that mails which failed together are not tried together. */
const spread = 0.1;
/** A last try is made so long before a mail is too old. */
const lastTrySeconds = 10;

/**
 * When a mail that was put off is tried again. None of it is an attempt: what ends it is the patience of its site.
 *
 * @param random from 0 up to 1
 */
export function pauseBeforeRetry(
  { cause, reason, retryAfterMs = 0, secondsLeft = Number.POSITIVE_INFINITY }: IssueOutcome & { outcome: 'delayed' },
  { deferred, troubled }: Setbacks,
  random: number,
): Verdict & { verdict: 'later' } {
  const varied = 1 - spread + 2 * spread * random;
  if (cause === 'mail') {
    const seconds = varied * (deferralSeconds[deferred] ?? deferralSeconds.at(-1) ?? 0);
    // Not worth waiting for more than is left; and when even that is nothing, it is told as refused.
    const most = secondsLeft > 2 * lastTrySeconds ? secondsLeft - lastTrySeconds : secondsLeft + 1;
    return { verdict: 'later', reason, delayMs: Math.round(1000 * Math.min(seconds, most)), setback: 'deferred' };
  }
  if (cause === 'busy') return { verdict: 'later', reason, delayMs: Math.round(retryAfterMs > 0 ? retryAfterMs : 1000 * varied) };
  const full = 1000 * (troubleSeconds[troubled] ?? troubleSeconds.at(-1) ?? 0);
  // Between half and all of it, and not before it can be of use.
  return { verdict: 'later', reason, delayMs: Math.round(Math.max(full * (0.5 + random / 2), retryAfterMs * varied)), setback: 'troubled' };
}
