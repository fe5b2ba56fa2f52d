import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { utf8Refused } from './classify-smtp-error.ts';
import type { SmtpTransport } from './smtp-transport.ts';
import { resultOf, traceHandover } from './trace-handover.ts';

/** A way to hand mails over, and what guards it. */
export interface GuardedTransport {
  transport: Pick<SmtpTransport, 'handOver'>;
  breaker: CircuitBreaker;
}

/** Who hears of what goes on. A transport is told by its place in the order, from 1. */
export interface HandoverListener {
  /** Each try. */
  handedOver: (transport: string, result: string, seconds: number) => void;
  /** A transport is left alone from now on: `result` was the last straw. */
  opened: (transport: string, result: string) => void;
  /** One that was left alone is used again. */
  closed: (transport: string) => void;
}

/** How long all transports together may take over one mail. */
export const handoverDeadlineMs = 45_000;

/**
 * Tries one transport after the other, as long as the trouble is the transport's own and comes before it was given the
 * mail: a mail that a server has judged is judged, and one that a server may have is not given to another at once.
 */
export function handOverInOrder(
  transports: readonly GuardedTransport[],
  listener: HandoverListener,
): (mail: CodeMail) => Promise<Handover> {
  return async (mail) => {
    const startedMs = performance.now();
    const passedMs = () => performance.now() - startedMs;
    let last: Handover = { accepted: false, permanent: false, cause: 'transport', reason: 'transport_none' };
    for (const [index, { transport, breaker }] of transports.entries()) {
      if (!breaker.enter()) {
        last = worseOf(last, { accepted: false, permanent: false, cause: 'transport', reason: 'transport_open', retryAfterMs: breaker.pauseMs() });
        continue;
      }
      const name = String(index + 1);
      const beganMs = passedMs();
      const handover = await traceHandover(name, () => transport.handOver(mail, handoverDeadlineMs - beganMs));
      listener.handedOver(name, resultOf(handover), (passedMs() - beganMs) / 1000);
      const change = tell(breaker, handover);
      if (change) listener[change](name, resultOf(handover));
      if (!mayPassOn(handover)) return handover;
      last = worseOf(last, handover);
      if (passedMs() > handoverDeadlineMs) return last;
    }
    return last;
  };
}

function mayPassOn(handover: Handover): handover is Handover & { accepted: false } {
  return !handover.accepted && (handover.cause === 'transport' || handover.reason === utf8Refused);
}

/** What is said of a mail that nobody took: that it may work later, if it may with any of them. */
function worseOf(before: Handover, after: Handover & { accepted: false }): Handover {
  return after.permanent && !before.accepted && before.reason !== 'transport_none' ? before : after;
}

/** Tells a breaker how it went. Probes that fail open it again and again: that it has opened is news only once. */
function tell(breaker: CircuitBreaker, handover: Handover): 'opened' | 'closed' | undefined {
  const wasClosed = breaker.state() === 'closed';
  if (handover.accepted || handover.cause === 'mail') breaker.succeeded();
  else if (handover.cause === 'busy') breaker.withdrawn();
  else breaker.failed();
  const isClosed = breaker.state() === 'closed';
  if (wasClosed === isClosed) return undefined;
  return isClosed ? 'closed' : 'opened';
}
