import { findDevice } from '../access/known-device.ts';
import { refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { resendLimits } from '../limits/policy.ts';
import { quotasOfRequest } from '../limits/quota.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { SpendRequest } from '../limits/request-limits.ts';
import type { Clock } from '../ports.ts';
import type { Sites } from '../sites/sites.ts';
import { maxAttempts, maxSends, type Challenge, type ChallengeStore } from './challenge.ts';
import type { CodeMailOrder, CodeTicket } from './code-mail-order.ts';
import {
  locateChallenge,
  remainingSeconds,
  secondsUntil,
  secondsUntilResend,
  type ChallengeOrigin,
} from './locate-challenge.ts';

/**
 * Mails the same code once more. Its lifetime is not extended, at most three mails go out for a challenge,
 * and each spends the limits of its address. While the mail before is still on its way, there is none to add.
 */
export function createResendCode(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  challenges: ChallengeStore;
  spendRequest: SpendRequest;
  orderMail: (order: CodeMailOrder) => Promise<void>;
  now: Clock;
}): (input: { id: string; ip: string; device?: string | undefined }) => Promise<CodeTicket | Refusal> {
  const { indexKey, challenges, spendRequest, orderMail, now } = dependencies;

  return async ({ id, ip, device }) => {
    const origin = locateChallenge(dependencies, id);
    if (!origin) return refuse('challenge_unknown');

    const at = now();
    const challenge = await challenges.find(id);
    if (!challenge) {
      return at < origin.staleAt ? queuedTicket(origin, at) : refuse('code_expired');
    }
    const over = refuseWhenOver(challenge, at);
    if (over) return over;
    if (onItsWay(challenge)) {
      // Nothing new, unless an API took this send and died, or lost the queue, before it had ordered it.
      await order(origin, challenge);
      return ticket(origin, challenge, at);
    }
    if (challenge.sends >= maxSends) return noSendLeft(challenge, at);

    const { addressDigest } = challenge;
    const limits = resendLimits(indexKey, { site: origin.site, addressDigest, ip });
    const known = findDevice(indexKey, { site: origin.site, addressDigest }, device, at);
    const spent = await spendRequest(limits, { now: at, device: known });
    if (spent.verdict === 'refused') return refuseByLimit(spent);
    if (spent.verdict !== 'spent') throw new Error('a resend needs no proof, and was asked for one');
    const taken = await challenges.takeSend(id, challenge.sends, at).catch(async (error: unknown) => {
      await spent.refund().catch(() => undefined); // What the caller must hear of is the store.
      throw error;
    });
    if (!taken) {
      await spent.refund();
      return ticket(origin, challenge, at); // Another request took this very send: its mail is on the way.
    }
    await order(origin, taken);
    return { ...ticket(origin, taken, at), quotas: quotasOfRequest(limits, spent.network) };
  };

  /**
   * Orders the newest mail of the challenge. When the queue does not answer, nobody can know whether it has the order:
   * the mail stays owed, and asking again orders the same one, which the queue takes once.
   */
  async function order({ id, site }: ChallengeOrigin, { envelope, sends }: Challenge): Promise<void> {
    if (envelope === undefined) return; // Used in this very moment.
    await orderMail({ id, site: site.id, envelope, send: sends });
  }
}

function refuseWhenOver(challenge: Challenge, now: Date): Refusal | undefined {
  if (challenge.usedAt) return refuse('code_used');
  if (now >= challenge.expiresAt) return refuse('code_expired');
  if (challenge.attempts >= maxAttempts) return refuse('code_exhausted');
  return undefined;
}

/** Asked for, and neither accepted nor refused by a mail server yet. */
function onItsWay({ delivery, sends, sendsAccepted }: Challenge): boolean {
  return sendsAccepted < sends && delivery !== 'refused';
}

function noSendLeft(challenge: Challenge, now: Date): Refusal {
  return refuse('too_many_requests', {
    detail: `This code has been mailed ${maxSends} times. Ask for a new one.`,
    retryAfterSeconds: secondsUntil(challenge.expiresAt, now),
    limit: 'challenge',
  });
}

function queuedTicket({ id, site, issuedAt }: ChallengeOrigin, now: Date): CodeTicket {
  const resendInSeconds = secondsUntilResend(site, issuedAt, now);
  return { ok: true, id, site, expiresInSeconds: site.codeTtlSeconds, resendInSeconds };
}

function ticket(origin: ChallengeOrigin, challenge: Challenge, now: Date): CodeTicket {
  return {
    ok: true,
    id: origin.id,
    site: origin.site,
    expiresInSeconds: remainingSeconds(origin, challenge, now),
    resendInSeconds: secondsUntilResend(origin.site, challenge.lastSendAskedAt, now),
  };
}
