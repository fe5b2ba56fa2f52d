import { findDevice } from '../access/known-device.ts';
import { parseAddress } from '../address/parse-address.ts';
import { refuse, type Refusal } from '../errors.ts';
import { nextStep } from '../in-step.ts';
import { makeChallengeId } from '../keys/challenge-id.ts';
import { digestAddress } from '../keys/digest-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import { requestLimits } from '../limits/policy.ts';
import { quotaOfNetwork, quotasOfRequest } from '../limits/quota.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { RequestLimits, RequestSpending, RequestVerdict } from '../limits/request-limits.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import { checkSolution } from '../puzzles/check-solution.ts';
import { makePuzzle } from '../puzzles/make-puzzle.ts';
import { mayAsk } from '../sites/address-rules.ts';
import { refuseUnknownSite } from '../sites/refuse-unknown-site.ts';
import { findInSandbox } from '../sites/sandbox.ts';
import type { Sites } from '../sites/sites.ts';
import { generateCode } from './code-format.ts';
import { sealCode } from './code-envelope.ts';
import type { CodeMailOrder, CodeTicket } from './code-mail-order.ts';
import { mailLane } from './mail-lane.ts';

export interface RequestCodeInput {
  site: string;
  email: string;
  /** BCP 47. */
  locale?: string;
  /** The client's address, as a trusted proxy or the socket gives it. */
  ip: string;
  /** The token of a known browser. */
  device?: string;
  /** What was found for the puzzle of an earlier answer. */
  proof?: string;
}

/**
 * Spends what a request costs, and orders its mail if it may be, in one step: what was spent and the order are there both
 * or not at all. Throws an error with `code: 'unavailable'` when it cannot be done.
 */
type SpendAndOrder = (limits: RequestLimits, spending: RequestSpending, order: CodeMailOrder, lane: number) => Promise<RequestVerdict>;

/**
 * Takes a request for a code: makes the challenge, spends the limits and orders its mail. It touches no database: the
 * order holds everything, sealed.
 */
export function createRequestCode(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  spendAndOrder: SpendAndOrder;
  now: Clock;
  randomBytes: RandomBytes;
}): (input: RequestCodeInput) => Promise<CodeTicket | Refusal> {
  const { sites, indexKey, sealingKeys, spendAndOrder, now, randomBytes } = dependencies;

  return async (input) => {
    const site = sites.byId(input.site);
    if (!site) return refuseUnknownSite(input.site);
    const address = parseAddress(input.email);
    if (!address) return refuse('address_invalid', { detail: 'That is not an email address.' });
    if (!mayAsk(site.addresses, address.domain)) return refuse('address_not_allowed');

    const issuedAt = now();
    const addressDigest = digestAddress(indexKey, address.key);
    const binding = { site: site.id, addressDigest };
    const { proof } = input;
    const device = findDevice(indexKey, { site, addressDigest }, input.device, issuedAt);
    const solved = proof === undefined ? undefined : checkSolution(indexKey, binding, proof, issuedAt);
    const limits = requestLimits(indexKey, { site, addressDigest, ip: input.ip });

    // Made before it is known whether it may be: the limits are spent and the mail is ordered at once.
    await nextStep();
    const id = makeChallengeId(indexKey, sites.tagOf(site), issuedAt, randomBytes);
    const code = findInSandbox(site, address.key, issuedAt)?.code ?? generateCode(site.codeFormat, randomBytes);

    await nextStep();
    const contents = { address: address.delivery, code, ...(input.locale && { locale: input.locale }) };
    const envelope = sealCode(sealingKeys, { site: site.id, id, issuedAt }, contents, randomBytes);

    await nextStep();
    const order = { id, site: site.id, envelope, send: 1 };
    const spent = await spendAndOrder(limits, { now: issuedAt, device, solved }, order, mailLane(address.domain));
    if (spent.verdict === 'refused') return refuseByLimit(spent);
    if (spent.verdict === 'proof wanted') {
      return refuse('proof_required', {
        puzzle: await makePuzzle(indexKey, binding, pressureOn(limits, spent), issuedAt, randomBytes),
        quotas: [quotaOfNetwork(limits, spent.network)],
        ...(proof !== undefined && { proofFault: solved === undefined ? 'invalid' : 'used' }),
      });
    }
    return {
      ok: true,
      id,
      site,
      expiresInSeconds: site.codeTtlSeconds,
      resendInSeconds: site.limits.addressPauseSeconds,
      proven: spent.proven,
      quotas: quotasOfRequest(limits, spent.network),
    };
  };
}

/** How much of what the site takes is used up, of requests or of wrong codes: 1 is all of it. */
function pressureOn({ rules: { site, wrongCodes } }: RequestLimits, counted: { requests: number; wrongCodes: number }): number {
  return Math.max(counted.requests / Math.max(1, site.max), counted.wrongCodes / Math.max(1, wrongCodes.max));
}
