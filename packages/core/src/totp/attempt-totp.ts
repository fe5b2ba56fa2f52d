import { secondsUntil } from '../codes/locate-challenge.ts';
import { DaypassError, refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { giveBack } from '../limits/give-back.ts';
import { verifyLimit } from '../limits/policy.ts';
import { quotasOf, type Quota } from '../limits/quota.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { Clock } from '../ports.ts';
import type { Site } from '../sites/site.ts';
import type { Sites } from '../sites/sites.ts';
import type { Attempted, Enrolment, EnrolmentStore, RefusedOutcome, Shown } from './enrolment.ts';
import { openEnrolment, type EnrolmentSecret } from './enrolment-seal.ts';

export interface AttemptDependencies {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  enrolments: EnrolmentStore;
  spendLimits: SpendLimits;
  now: Clock;
}

/** An enrolment whose seal is open. */
export interface OpenedEnrolment {
  id: string;
  site: Site;
  secret: EnrolmentSecret;
}

/** Somebody has shown that they have the app that was enrolled. */
export interface ProvenHolder {
  ok: true;
  site: Site;
  subject: string;
  /** How the limits stand that the caller meets. */
  quotas?: readonly Quota[];
}

interface AttemptInput {
  id: string;
  ip: string;
  kind: Shown['kind'];
}
type Compare = (opened: OpenedEnrolment, at: Date) => Shown | undefined;
type Explain = (opened: OpenedEnrolment, rejected: Attempted, at: Date) => Promise<Omit<Refusal, 'ok' | 'code'>>;

const idPattern = /^[A-Za-z0-9_-]{22}$/;

/** The enrolment of an id, if it is one of a site of ours. */
export async function locateEnrolment(
  { sites, enrolments }: Pick<AttemptDependencies, 'sites' | 'enrolments'>,
  id: string,
): Promise<{ site: Site; enrolment: Enrolment } | undefined> {
  const enrolment = idPattern.test(id) ? await enrolments.find(id) : undefined;
  const site = enrolment && sites.byId(enrolment.site);
  return site && { site, enrolment };
}

/** Opens what must be there to be opened. That it does not open is for operations to hear, and not the visitor's fault. */
export function openOrThrow(keys: SealingKeys, enrolment: Enrolment): EnrolmentSecret {
  const secret = openEnrolment(keys, enrolment);
  if (!secret) throw new DaypassError('unavailable', 'an enrolment is sealed under a key that does not open it');
  return secret;
}

/**
 * Makes one attempt on an enrolment: spends the network's limit, opens the seal, and lets the store decide and count
 * at once. Of any number of simultaneous guesses no more are compared than the throttle allows, and a wrong one takes
 * the same operations as a right one that is refused, unless it is overtaken by others (docs/adr, 8).
 *
 * @param compare what is right about the attempt, given the open seal; `undefined` when it is wrong
 * @param explain what more is said of a rejected attempt
 */
export function createAttemptTotp({ sites, indexKey, sealingKeys, enrolments, spendLimits, now }: AttemptDependencies): (
  input: AttemptInput,
  compare: Compare,
  explain?: Explain,
) => Promise<ProvenHolder | Refusal> {
  return async (input, compare, explain) => {
    const at = now();
    // Whose app it is, and at which site, is only known to the database.
    const mostGenerous = Math.max(...sites.all.map(({ limits }) => limits.networkVerifiesPer5Minutes));
    const limit = verifyLimit(indexKey, input.ip, mostGenerous);
    const spent = await spendLimits([limit], at);
    if (!spent.ok) return refuseByLimit(spent);
    const proof = await attempt(input, compare, explain, at);
    if (proof.ok) giveBack(spent);
    return { ...proof, quotas: quotasOf(limit, spent.standings[0]) };
  };

  async function attempt({ id, kind }: AttemptInput, compare: Compare, explain: Explain | undefined, at: Date): Promise<ProvenHolder | Refusal> {
    const located = await locateEnrolment({ sites, enrolments }, id);
    if (!located) return refuse('totp_unknown');

    const { site, enrolment } = located;
    const closed = standing(enrolment, kind, at);
    if (closed) return refusalOf(closed, enrolment, at);

    const opened = { id, site, secret: openOrThrow(sealingKeys, enrolment) };
    const attempted = await enrolments.attempt(enrolment, kind, compare(opened, at), at);
    if (!attempted) return refuse('totp_unknown'); // Deleted in this very moment.
    const { outcome } = attempted;
    if (outcome === 'accepted') return { ok: true, site, subject: opened.secret.subject };
    const more = outcome === 'rejected' ? await explain?.(opened, attempted, at) : undefined;
    return { ...refusalOf(outcome, attempted, at), ...more };
  }
}

/** What there is to say before anything is compared. The store asks the same again when it decides. */
function standing(enrolment: Enrolment, kind: Shown['kind'], now: Date): RefusedOutcome | undefined {
  const { confirmedAt, pendingUntil, endsAt, endedAt, pausedUntil } = enrolment;
  if (endedAt || (confirmedAt && now >= endsAt)) return 'ended';
  const pending = !confirmedAt && now < pendingUntil;
  if (kind === 'confirm' ? !pending : !confirmedAt) return 'unknown';
  return now < pausedUntil ? 'paused' : undefined;
}

function refusalOf(outcome: RefusedOutcome, { pausedUntil }: { pausedUntil: Date }, now: Date): Refusal {
  switch (outcome) {
    case 'rejected':
      return refuse('code_rejected');
    case 'ended':
      return refuse('totp_ended');
    case 'unknown':
      return refuse('totp_unknown');
    case 'paused':
      return refuse('too_many_requests', {
        detail: 'Too many wrong codes were typed for this app.',
        retryAfterSeconds: secondsUntil(pausedUntil, now),
        limit: 'totp-failures',
      });
  }
}
