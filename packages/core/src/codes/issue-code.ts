import { parseAddress } from '../address/parse-address.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { digestCode } from '../keys/digest-code.ts';
import { openChallengeId } from '../keys/challenge-id.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { isKeyMissing } from '../keys/seal.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { Clock } from '../ports.ts';
import { findInSandbox } from '../sites/sandbox.ts';
import { longestPatienceSeconds, type Site } from '../sites/site.ts';
import type { Sites } from '../sites/sites.ts';
import type { Challenge, ChallengeStore } from './challenge.ts';
import { openCode, type CodeEnvelope } from './code-envelope.ts';
import type { CodeMailOrder } from './code-mail-order.ts';
import { after, locateChallenge, secondsUntil, type ChallengeOrigin } from './locate-challenge.ts';
import type { SuppressionStore } from './suppression.ts';

/** One mail, ready to be rendered. */
export interface CodeMail {
  id: string;
  send: number;
  site: Site;
  issuedAt: Date;
  addressDigest: string;
  envelope: CodeEnvelope;
}

export type Handover =
  | { accepted: true }
  /**
   * `reason` is a short stable name without anything the server or the visitor wrote. `retryAfterMs`: until when trying
   * again is of no use, where that is known.
   */
  | { accepted: false; permanent: boolean; cause: Setback; reason: string; retryAfterMs?: number };

/**
 * What keeps a mail from being accepted: what a server says of the mail; trouble on the way to a server; that nobody
 * knows whether the server took it; that it is not its turn.
 */
export type Setback = 'mail' | 'transport' | 'unknown' | 'busy';

export type IssueOutcome =
  /**
   * `latencySeconds`: from the request to the acceptance; absent when a mail was asked for again. `withheld`: why there
   * was in truth no mail.
   */
  | { outcome: 'sent'; latencySeconds?: number; withheld?: Withheld }
  /** Nothing to do: somebody did it already, or the visitor needs it no more. */
  | { outcome: 'settled'; reason: 'already_sent' | 'used' | 'expired' }
  /** Nothing can be done any more. */
  | { outcome: 'lost'; reason: string }
  /** Somebody else is at it: look again once their lease has ended. */
  | { outcome: 'leased' }
  /** May work later: `cause` says by whose fault not now, and is absent when it is ours. */
  | { outcome: 'delayed'; reason: string; cause?: Setback; retryAfterMs?: number; secondsLeft?: number };

/** An address for tests, or one that a mail server said is dead. */
export type Withheld = 'sandbox' | 'suppressed';

/**
 * Carries out one order for a mail: opens the challenge, hands the mail over, records the acceptance. Safe to
 * run again at any point, by anyone: the same code is mailed, and not once it is known to be accepted.
 */
export function createIssueCode(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  challenges: ChallengeStore;
  /** A lease on one mail, or `undefined` while somebody else holds it. It ends by itself. */
  takeLease: (name: string) => Promise<(() => Promise<void>) | undefined>;
  handOver: (mail: CodeMail) => Promise<Handover>;
  /** `mayBeSuppressed`: at once, and wrong about few: who it says no of is not suppressed. */
  suppressions: Pick<SuppressionStore, 'isSuppressed'> & { mayBeSuppressed: (addressDigest: string) => boolean };
  /** Takes as long as a hand-over does these days, waits for its turn, and ends like one. Nothing goes anywhere. */
  imitateHandover: (mail: CodeMail) => Promise<Handover>;
  now: Clock;
}): (order: CodeMailOrder) => Promise<IssueOutcome> {
  const { sites, indexKey, sealingKeys, challenges, takeLease, handOver, suppressions, imitateHandover, now } = dependencies;

  return async (order) => {
    const origin = locateChallenge(dependencies, order.id);
    if (!origin) return withoutSite(order);
    if (origin.site.id !== order.site) return { outcome: 'lost', reason: 'forged' };
    if (now() > (order.send === 1 ? origin.staleAt : origin.purgeAt)) {
      await challenges.markUndelivered(order.id, order.send, 'refused');
      return { outcome: 'lost', reason: 'stale' };
    }

    const envelope = openCode(sealingKeys, { ...origin, site: origin.site.id }, order.envelope);
    if (!envelope) return unopened(order);

    const release = await takeLease(`${order.id}.${order.send}`);
    if (!release) return { outcome: 'leased' };
    try {
      const addressKey = parseAddress(envelope.address)?.key ?? envelope.address;
      const addressDigest = digestAddress(indexKey, addressKey);
      const challenge = await openChallenge(origin, envelope, addressDigest, order);
      const inSandbox = findInSandbox(origin.site, addressKey, origin.issuedAt) !== undefined;
      return settled(challenge, order) ?? (await send(origin, envelope, addressDigest, order, inSandbox));
    } finally {
      // Nobody waits for it: if it does not come to pass, the lease ends by itself.
      void release();
    }
  };

  /** A worker that has not read the newest sites yet: another one, or this one at its next SIGHUP, may know the site. */
  function withoutSite({ id, site }: CodeMailOrder): IssueOutcome {
    const claims = openChallengeId(indexKey, id);
    if (!claims || sites.byId(site)) return { outcome: 'lost', reason: 'forged' };
    const hopeless = now() > after(claims.issuedAt, longestPatienceSeconds);
    return { outcome: hopeless ? 'lost' : 'delayed', reason: 'site_unknown' };
  }

  /**
   * A worker that does not have the newest key yet: another one, or this one restarted, may have it. What does not open with a
   * key of that name was edited or moved here from elsewhere, or that key is the wrong one, or a newer API seals differently.
   */
  function unopened({ envelope }: CodeMailOrder): IssueOutcome {
    return { outcome: 'delayed', reason: isKeyMissing(sealingKeys, envelope) ? 'sealed_under_unknown_key' : 'does_not_open' };
  }

  function openChallenge(
    { id, site, issuedAt, purgeAt }: ChallengeOrigin,
    { code }: CodeEnvelope,
    addressDigest: string,
    order: CodeMailOrder,
  ): Promise<Challenge> {
    return challenges.open({
      id,
      site: site.id,
      addressDigest,
      codeDigest: digestCode(sealingKeys, site.id, id, code),
      envelope: order.envelope,
      issuedAt,
      purgeAt,
    });
  }

  function settled(challenge: Challenge, order: CodeMailOrder): IssueOutcome | undefined {
    if (challenge.usedAt) return { outcome: 'settled', reason: 'used' };
    if (challenge.sendsAccepted >= order.send) return { outcome: 'settled', reason: 'already_sent' };
    if (now() >= challenge.expiresAt) return { outcome: 'settled', reason: 'expired' };
    // The job asks for a mail that the challenge never granted: somebody edited the queue.
    if (order.send > challenge.sends) return { outcome: 'lost', reason: 'forged' };
    return undefined;
  }

  async function send(
    { site, issuedAt, staleAt, purgeAt }: ChallengeOrigin,
    envelope: CodeEnvelope,
    addressDigest: string,
    order: CodeMailOrder,
    inSandbox: boolean,
  ): Promise<IssueOutcome> {
    const mail: CodeMail = { id: order.id, send: order.send, site, issuedAt, addressDigest, envelope };
    const { handover, withheld } = await deliver(mail, inSandbox);
    if (handover.accepted) {
      const acceptedAt = now();
      const expiresAt = after(acceptedAt, site.codeTtlSeconds);
      await challenges.markSent(order.id, order.send, expiresAt < purgeAt ? expiresAt : purgeAt);
      if (withheld) return { outcome: 'sent', withheld };
      if (order.send > 1) return { outcome: 'sent' };
      return { outcome: 'sent', latencySeconds: Math.max(0, (acceptedAt.getTime() - issuedAt.getTime()) / 1000) };
    }
    const { permanent, cause, reason, retryAfterMs } = handover;
    if (permanent) {
      await challenges.markUndelivered(order.id, order.send, 'refused');
      return { outcome: 'lost', reason };
    }
    // Who only waits for a turn is still in the queue.
    if (cause !== 'busy') await challenges.markUndelivered(order.id, order.send, 'delayed');
    const hopelessAt = order.send === 1 ? staleAt : purgeAt;
    return { outcome: 'delayed', reason, cause, ...(retryAfterMs !== undefined && { retryAfterMs }), secondsLeft: secondsUntil(hopelessAt, now()) };
  }

  /**
   * A suppressed address must look like any other to whoever watches its challenge (docs/threat-model.md): a hand-over is
   * acted out for it, and the database is asked whether it is one meanwhile, so that the question takes no time of its own.
   */
  async function deliver(mail: CodeMail, inSandbox: boolean): Promise<{ handover: Handover; withheld?: Withheld }> {
    if (inSandbox) return { handover: { accepted: true }, withheld: 'sandbox' };
    if (suppressions.mayBeSuppressed(mail.addressDigest)) {
      const [handover, suppressed] = await Promise.all([imitateHandover(mail), suppressions.isSuppressed(mail.addressDigest, now())]);
      if (suppressed) return { handover, withheld: 'suppressed' };
    }
    return { handover: await handOver(mail) };
  }
}
