import { timingSafeEqual } from 'node:crypto';
import { parseAddress } from '../address/parse-address.ts';
import { refuse, type Refusal } from '../errors.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { candidateDigests } from '../keys/digest-code.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
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
  now: Clock;
}): (input: { id: string; code: string }) => Promise<ProvenAddress | Refusal> {
  const { sealingKeys, challenges, now } = dependencies;

  return async ({ id, code: typed }) => {
    const origin = locateChallenge(dependencies, id);
    if (!origin) return refuse('challenge_unknown');

    const at = now();
    const code = normalizeCode(origin.site.codeFormat, typed);
    const digests = code === undefined ? [] : candidateDigests(sealingKeys, origin.site.id, id, code);
    const before = await challenges.spend(id, digests, at);
    if (!before) return unopened(origin, at);

    return judge(before, digests, at) ?? prove(dependencies, origin, before);
  };
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
