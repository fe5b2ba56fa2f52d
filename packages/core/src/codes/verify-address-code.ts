import { parseAddress } from '../address/parse-address.ts';
import { refuse, type Refusal } from '../errors.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { candidateDigests } from '../keys/digest-code.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { isKeyMissing } from '../keys/seal.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { guessLimit, verifyLimit, wrongCode } from '../limits/policy.ts';
import { quotasOf } from '../limits/quota.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { CountWrongCode, ForgetFailures } from '../limits/wrong-codes.ts';
import type { Clock } from '../ports.ts';
import type { Site } from '../sites/site.ts';
import type { Sites } from '../sites/sites.ts';
import type { ChallengeStore } from './challenge.ts';
import { normalizeCode } from './code-format.ts';
import { locateChallenge } from './locate-challenge.ts';
import type { ProvenAddress } from './proven-address.ts';
import { prove } from './verify-code.ts';

/** How many of an address's live challenges one guess is held against. */
const challengesPerGuess = 5;

/**
 * Checks a code against the live challenges of an address, for a visitor whose challenge id is not at hand.
 * It spends a budget of the address's own before it looks, never a challenge's attempts: a stranger who
 * guesses here cannot use up the code that the owner is about to type.
 *
 * Every failure is the same `code_rejected`.
 */
export function createVerifyAddressCode(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  challenges: ChallengeStore;
  spendLimits: SpendLimits;
  countWrongCode: CountWrongCode;
  forgetFailures: ForgetFailures;
  now: Clock;
}): (input: { site: string; email: string; code: string; ip: string }) => Promise<ProvenAddress | Refusal> {
  const { sites, indexKey, sealingKeys, challenges, spendLimits, countWrongCode, forgetFailures, now } = dependencies;

  return async ({ site: siteId, email, code: typed, ip }) => {
    const site = sites.byId(siteId);
    const address = parseAddress(email);
    if (!site || !address) return refuse('code_rejected');

    const at = now();
    const addressDigest = digestAddress(indexKey, address.key);
    const limit = verifyLimit(indexKey, ip, site.limits.networkVerifiesPer5Minutes);
    const spent = await spendLimits([limit, guessLimit(addressDigest)], at);
    if (!spent.ok) return refuseByLimit(spent);
    const quotas = quotasOf(limit, spent.standings[0]);

    const code = normalizeCode(site.codeFormat, typed);
    if (code === undefined) return refuse('code_rejected', { quotas });
    return { ...(await compare(site, addressDigest, code, at)), quotas };
  };

  async function compare(site: Site, addressDigest: string, code: string, at: Date): Promise<ProvenAddress | Refusal> {
    const live = await challenges.live(site.id, addressDigest, at, challengesPerGuess);
    for (const challenge of live) {
      const origin = locateChallenge(dependencies, challenge.id);
      const digests = candidateDigests(sealingKeys, site.id, challenge.id, code);
      if (!origin || !digests.includes(challenge.codeDigest)) continue;
      if (!(await challenges.consume(challenge.id, digests, at))) continue;
      const proof = prove(dependencies, origin, challenge);
      if (!proof.ok) return refuse('code_rejected');
      forgetFailures(addressDigest);
      return proof;
    }
    // Always counted for the site, so that time does not tell whether the address had a code to miss. One that is sealed under
    // a key that is not there cannot be hit either.
    const missed = live.some(({ envelope }) => envelope === undefined || !isKeyMissing(sealingKeys, envelope));
    await countWrongCode(wrongCode(site, missed ? addressDigest : undefined), at);
    return refuse('code_rejected');
  }
}
