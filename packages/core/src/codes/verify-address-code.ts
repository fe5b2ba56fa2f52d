import { parseAddress } from '../address/parse-address.ts';
import { refuse, type Refusal } from '../errors.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { candidateDigests } from '../keys/digest-code.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { guessLimit } from '../limits/policy.ts';
import type { Clock } from '../ports.ts';
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
  now: Clock;
}): (input: { site: string; email: string; code: string }) => Promise<ProvenAddress | Refusal> {
  const { sites, indexKey, sealingKeys, challenges, spendLimits, now } = dependencies;

  return async (input) => {
    const site = sites.byId(input.site);
    const address = parseAddress(input.email);
    const code = site && normalizeCode(site.codeFormat, input.code);
    if (!site || !address) return refuse('code_rejected');

    const at = now();
    const spent = await spendLimits([guessLimit(indexKey, address.key)], at);
    if (!spent.ok) {
      return refuse('too_many_requests', { retryAfterSeconds: Math.ceil(spent.retryAfterMs / 1000) });
    }
    if (code === undefined) return refuse('code_rejected');

    const digest = digestAddress(indexKey, address.key);
    for (const challenge of await challenges.live(site.id, digest, at, challengesPerGuess)) {
      const origin = locateChallenge(dependencies, challenge.id);
      const digests = candidateDigests(sealingKeys, site.id, challenge.id, code);
      if (!origin || !digests.includes(challenge.codeDigest)) continue;
      if (!(await challenges.consume(challenge.id, digests, at))) continue;
      const proof = prove(dependencies, origin, challenge);
      return proof.ok ? proof : refuse('code_rejected');
    }
    return refuse('code_rejected');
  };
}
