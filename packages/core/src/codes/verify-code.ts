import { timingSafeEqual } from 'node:crypto';
import { parseAddress } from '../address/parse-address.ts';
import { refuse, type Refusal } from '../errors.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { candidateDigests } from '../keys/digest-code.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { isKeyMissing } from '../keys/seal.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { giveBack } from '../limits/give-back.ts';
import { verifyLimit, wrongCode } from '../limits/policy.ts';
import { quotasOf } from '../limits/quota.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { CountWrongCode, ForgetFailures } from '../limits/wrong-codes.ts';
import type { Clock } from '../ports.ts';
import type { Sites } from '../sites/sites.ts';
import { maxAttempts, type Challenge, type ChallengeStore } from './challenge.ts';
import { normalizeCode } from './code-format.ts';
import { openCode } from './code-envelope.ts';
import { after, locateChallenge, type ChallengeOrigin } from './locate-challenge.ts';
import type { ProvenAddress } from './proven-address.ts';

/**
 * Checks a code against the challenge it was mailed for. One atomic operation counts the attempt before it
 * compares, and uses the challenge up when the code is right: of any number of simultaneous right codes
 * exactly one gets in, of any number of wrong ones five are compared.
 */
export function createVerifyCode(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  challenges: ChallengeStore;
  spendLimits: SpendLimits;
  countWrongCode: CountWrongCode;
  forgetFailures: ForgetFailures;
  now: Clock;
}): (input: { id: string; code: string; ip: string }) => Promise<ProvenAddress | Refusal> {
  const { indexKey, sealingKeys, challenges, spendLimits, countWrongCode, forgetFailures, now } = dependencies;

  return async ({ id, code, ip }) => {
    const origin = locateChallenge(dependencies, id);
    if (!origin) return refuse('challenge_unknown');

    const at = now();
    const limit = verifyLimit(indexKey, ip, origin.site.limits.networkVerifiesPer5Minutes);
    const spent = await spendLimits([limit], at);
    if (!spent.ok) return refuseByLimit(spent);
    const proof = await compare(origin, code, at);
    if (proof.ok) giveBack(spent);
    return { ...proof, quotas: quotasOf(limit, spent.standings[0]) };
  };

  async function compare(origin: ChallengeOrigin, typed: string, at: Date): Promise<ProvenAddress | Refusal> {
    const { id, site } = origin;
    const code = normalizeCode(site.codeFormat, typed);
    const digests = code === undefined ? [] : candidateDigests(sealingKeys, site.id, id, code);
    const before = await challenges.spend(id, digests, at);
    if (!before) return unopened(origin, at);

    // Whatever is typed, nobody can be let in by it any more, and nobody has missed.
    if (before.envelope !== undefined && isKeyMissing(sealingKeys, before.envelope)) return refuse('code_expired');
    const refusal = judge(before, digests, at);
    // Before the answer: a guess that is not counted must not be heard of.
    if (refusal?.code === 'code_rejected') await countWrongCode(wrongCode(site, before.addressDigest), at);
    if (refusal) return refusal;
    const proof = prove(dependencies, origin, before);
    if (proof.ok) forgetFailures(proof.addressDigest);
    return proof;
  }
}

/** What the challenge, as it was before the attempt, says of it: used, then expired, then exhausted, then wrong. */
function judge(before: Challenge, digests: readonly string[], now: Date): Refusal | undefined {
  if (before.usedAt) return refuse('code_used');
  if (now >= before.expiresAt) return refuse('code_expired');
  if (before.attempts >= maxAttempts) return refuse('code_exhausted');
  if (digests.some((digest) => sameText(digest, before.codeDigest))) return undefined;
  return refuse('code_rejected', { attemptsLeft: maxAttempts - before.attempts - 1 });
}

/** A genuine challenge without a document: its mail is not out yet, or it is over and cleaned away. */
function unopened(origin: ChallengeOrigin, now: Date): Refusal {
  if (now >= origin.purgeAt) return refuse('code_expired');
  return refuse('code_rejected', { attemptsLeft: maxAttempts });
}

/**
 * The address that a used-up challenge stands for, as its seal says it: whoever can write to the database could have
 * put another visitor's digest beside it.
 */
export function prove(
  { sealingKeys, indexKey }: { sealingKeys: SealingKeys; indexKey: IndexKey },
  { id, site, issuedAt }: ChallengeOrigin,
  { addressDigest, envelope, sendsAccepted, expiresAt }: Challenge,
): ProvenAddress | Refusal {
  const opened = envelope && openCode(sealingKeys, { site: site.id, id, issuedAt }, envelope);
  const address = opened && parseAddress(opened.address);
  if (!address || digestAddress(indexKey, address.key) !== addressDigest) {
    return refuse('code_rejected', { attemptsLeft: 0 });
  }
  return {
    ok: true,
    site,
    addressDigest,
    ...(site.passCarriesEmail && { email: address.delivery }),
    ...(sendsAccepted > 0 && { acceptedAt: after(expiresAt, -site.codeTtlSeconds) }),
  };
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
