import { refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Clock } from '../ports.ts';
import type { Sites } from '../sites/sites.ts';
import { maxAttempts, type Challenge, type ChallengeStore, type Delivery } from './challenge.ts';
import { locateChallenge, remainingSeconds, secondsUntilResend, type ChallengeOrigin } from './locate-challenge.ts';

export interface CodeStatus {
  ok: true;
  id: string;
  delivery: Delivery;
  expiresInSeconds: number;
  resendInSeconds: number;
  attemptsLeft: number;
}

/** How a challenge stands. A genuine one that no mailer has opened yet is `queued`. */
export function createReadStatus(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  challenges: ChallengeStore;
  now: Clock;
}): (id: string) => Promise<CodeStatus | Refusal> {
  const { challenges, now } = dependencies;

  return async (id) => {
    const origin = locateChallenge(dependencies, id);
    if (!origin) return refuse('challenge_unknown');
    const challenge = await challenges.find(id);
    return challenge ? statusOf(origin, challenge, now()) : unopenedStatus(origin, now());
  };
}

function statusOf(origin: ChallengeOrigin, challenge: Challenge, now: Date): CodeStatus {
  return {
    ok: true,
    id: origin.id,
    delivery: challenge.delivery,
    expiresInSeconds: remainingSeconds(origin, challenge, now),
    resendInSeconds: secondsUntilResend(origin.site, challenge.lastSendAskedAt, now),
    attemptsLeft: maxAttempts - challenge.attempts,
  };
}

/** No document: the job still waits, or it was dropped as stale, or all of it is over and cleaned away. */
function unopenedStatus({ id, site, issuedAt, staleAt }: ChallengeOrigin, now: Date): CodeStatus {
  const waiting = now < staleAt;
  return {
    ok: true,
    id,
    delivery: waiting ? 'queued' : 'refused',
    expiresInSeconds: waiting ? site.codeTtlSeconds : 0,
    resendInSeconds: secondsUntilResend(site, issuedAt, now),
    attemptsLeft: maxAttempts,
  };
}
