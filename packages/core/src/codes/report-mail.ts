import type { IndexKey } from '../keys/index-key.ts';
import { openMessageId } from '../keys/message-id.ts';
import type { SpendLimits } from '../limits/limit.ts';
import type { Clock } from '../ports.ts';
import { after } from './locate-challenge.ts';
import type { SuppressionStore } from './suppression.ts';

/** What somebody's mail server, or somebody, says of a mail of ours. */
export interface MailReport {
  messageId: string;
  /** A mailbox that is not there; one that could not take this mail; one whose owner wants none. */
  kind: 'hard-bounce' | 'soft-bounce' | 'complaint';
}

/** `foreign`: no Message-ID that we wrote. `old`: of a mail that was sent too long ago to say anything. */
export type ReportOutcome = 'suppressed' | 'counted' | 'foreign' | 'old';

/** For how long an address gets no mail. A mailbox may be made anew, a mind may change. */
const suppressionDays = { 'hard-bounce': 14, 'soft-bounce': 1, complaint: 90 } as const;
/** Mail servers give up after five days (RFC 5321 §4.5.4.1). */
const oldAfterSeconds = 7 * 24 * 3_600;
/** So many soft bounces a day are no more than bad luck. */
const softBouncesADay = 2;
const daySeconds = 24 * 3_600;

/**
 * Draws the consequence of a report: the address gets no mail for a time. It is known by what our Message-ID says, never
 * by what the report says, so nobody can have an address suppressed who has not had its mail.
 */
export function createReportMail(dependencies: {
  indexKey: IndexKey;
  suppressions: Pick<SuppressionStore, 'suppress'>;
  spendLimits: SpendLimits;
  now: Clock;
}): (report: MailReport) => Promise<ReportOutcome> {
  const { indexKey, suppressions, spendLimits, now } = dependencies;

  return async ({ messageId, kind }) => {
    const claims = openMessageId(indexKey, messageId);
    if (!claims) return 'foreign';
    const at = now();
    if (at > after(claims.issuedAt, oldAfterSeconds)) return 'old';
    if (kind === 'soft-bounce' && (await isBearable(claims.addressDigest, at))) return 'counted';
    await suppressions.suppress(claims.addressDigest, at, after(at, suppressionDays[kind] * daySeconds));
    return 'suppressed';
  };

  async function isBearable(subject: string, at: Date): Promise<boolean> {
    const spent = await spendLimits([{ name: 'soft-bounces', subject, windows: [{ max: softBouncesADay, windowMs: daySeconds * 1000 }] }], at);
    return spent.ok;
  }
}
