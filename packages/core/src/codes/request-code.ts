import { parseAddress } from '../address/parse-address.ts';
import { refuse, type Refusal } from '../errors.ts';
import { makeChallengeId } from '../keys/challenge-id.ts';
import { digestAddress } from '../keys/digest-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { addressLimit, networkLimit, resendPauseSeconds } from '../limits/policy.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import type { Sites } from '../sites/sites.ts';
import { generateCode } from './code-format.ts';
import { sealCode } from './code-envelope.ts';
import type { CodeMailOrder, CodeTicket } from './code-mail-order.ts';

export interface RequestCodeInput {
  site: string;
  email: string;
  /** BCP 47. */
  locale?: string;
  /** The client's address, as a trusted proxy or the socket gives it. */
  ip: string;
}

/**
 * Takes a request for a code: spends the limits, makes the challenge, and orders its mail. It touches no
 * database: the order holds everything, sealed.
 */
export function createRequestCode(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  spendLimits: SpendLimits;
  /** Resolves once the queue holds the order. Throws an error with `code: 'unavailable'` otherwise. */
  orderMail: (order: CodeMailOrder) => Promise<void>;
  now: Clock;
  randomBytes: RandomBytes;
}): (input: RequestCodeInput) => Promise<CodeTicket | Refusal> {
  const { sites, indexKey, sealingKeys, spendLimits, orderMail, now, randomBytes } = dependencies;

  return async (input) => {
    const site = sites.byId(input.site);
    if (!site) return refuse('site_unknown', { detail: 'This deployment has no site of that name.' });
    const address = parseAddress(input.email);
    if (!address) return refuse('address_invalid', { detail: 'That is not an email address.' });

    const issuedAt = now();
    const spent = await spendLimits(
      [addressLimit(digestAddress(indexKey, address.key)), networkLimit(indexKey, input.ip)],
      issuedAt,
    );
    if (!spent.ok) {
      return refuse('too_many_requests', { retryAfterSeconds: Math.ceil(spent.retryAfterMs / 1000) });
    }

    const id = makeChallengeId(indexKey, sites.tagOf(site), issuedAt, randomBytes);
    const code = generateCode(site.codeFormat, randomBytes);
    const contents = { address: address.delivery, code, ...(input.locale && { locale: input.locale }) };
    const envelope = sealCode(sealingKeys, { site: site.id, id, issuedAt }, contents, randomBytes);
    try {
      await orderMail({ id, site: site.id, envelope, send: 1 });
    } catch (error) {
      await spent.refund().catch(() => undefined); // What the caller must hear of is the queue.
      throw error;
    }
    return { ok: true, id, site, expiresInSeconds: site.codeTtlSeconds, resendInSeconds: resendPauseSeconds };
  };
}
