import { openChallengeId } from '../keys/challenge-id.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Site } from '../sites/site.ts';
import type { Sites } from '../sites/sites.ts';
import type { Challenge } from './challenge.ts';

/** What a genuine id says before anything is looked up. */
export interface ChallengeOrigin {
  id: string;
  site: Site;
  issuedAt: Date;
  /** From when on the request is too old to be worth a mail. */
  staleAt: Date;
  /** From when on nothing of the challenge is left, and its code cannot work. */
  purgeAt: Date;
}

/** `undefined` for an id that this deployment did not make, or made for a site that is gone. */
export function locateChallenge(
  { indexKey, sites }: { indexKey: IndexKey; sites: Sites },
  id: string,
): ChallengeOrigin | undefined {
  const claims = openChallengeId(indexKey, id);
  const site = claims && sites.byTag(claims.siteTag);
  if (!site) return undefined;

  const staleAt = after(claims.issuedAt, site.patienceSeconds);
  return { id, site, issuedAt: claims.issuedAt, staleAt, purgeAt: after(staleAt, site.codeTtlSeconds) };
}

/** Whole seconds until `moment`, never negative. */
export function secondsUntil(moment: Date, now: Date): number {
  return Math.max(0, Math.ceil((moment.getTime() - now.getTime()) / 1000));
}

export function after(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}

/** How long until another mail may be asked for, counted from the one before. */
export function secondsUntilResend({ limits }: Site, lastSendAskedAt: Date, now: Date): number {
  return secondsUntil(after(lastSendAskedAt, limits.addressPauseSeconds), now);
}

/** How long the code is still good for. It does not tick before a mail server has accepted its mail. */
export function remainingSeconds(origin: ChallengeOrigin, challenge: Challenge, now: Date): number {
  if (challenge.usedAt) return 0;
  if (challenge.sendsAccepted === 0 && now < challenge.expiresAt) return origin.site.codeTtlSeconds;
  return secondsUntil(challenge.expiresAt, now);
}
