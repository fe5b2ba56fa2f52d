import { randomBytes } from 'node:crypto';
import { createRevocations } from '@daypass/core/access/revocations';
import type { ChallengeStore } from '@daypass/core/codes/challenge';
import type { CodeMailOrder } from '@daypass/core/codes/code-mail-order';
import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { createIssueCode } from '@daypass/core/codes/issue-code';
import { createRequestCode } from '@daypass/core/codes/request-code';
import { createVerifyAddressCode } from '@daypass/core/codes/verify-address-code';
import { createVerifyCode } from '@daypass/core/codes/verify-code';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { parseSealingKeys } from '@daypass/core/keys/sealing-keys';
import { parseSigningKeys } from '@daypass/core/keys/signing-keys';
import type { Limit, LimitVerdict } from '@daypass/core/limits/limit';
import type { RequestLimits, RequestSpending, RequestVerdict } from '@daypass/core/limits/request-limits';
import type { WrongCode } from '@daypass/core/limits/wrong-codes';
import { builtInSite } from '@daypass/core/sites/site';
import { createSites } from '@daypass/core/sites/sites';
import { createMemoryChallenges } from './memory-challenges.ts';
import { createMemoryMarks } from './memory-marks.ts';

const start = new Date('2026-01-01T12:00:00.000Z');

/** Where visitors of these tests ask from. */
export const ip = '192.0.2.1';

/** A moment, so many seconds after the start. */
export function at(seconds: number): Date {
  return new Date(start.getTime() + seconds * 1000);
}

/**
 * Everything that a use case is given: the real keys, a clock that a test sets, challenges in memory, and ports that
 * write down what they were asked. Each test makes its own.
 */
export function createDomain(challenges: ChallengeStore = createMemoryChallenges()) {
  const secrets = makeSecrets(start, randomBytes);
  const site = builtInSite(['https://app.example']);
  const otherSite = { ...site, id: 'other', passCarriesEmail: true };

  const indexKey = parseIndexKey(secrets.DAYPASS_INDEX_KEY);

  const domain = {
    site,
    otherSite,
    sites: createSites([site, otherSite]),
    indexKey,
    revocations: createRevocations({ indexKey, marks: createMemoryMarks(), now: (): Date => domain.time }),
    sealingKeys: parseSealingKeys(secrets.DAYPASS_SECRETS),
    signingKeys: parseSigningKeys(secrets.DAYPASS_SIGNING_KEYS),
    issuer: 'https://daypass.example',
    challenges,
    randomBytes,
    time: start,
    now: () => domain.time,

    /** What was asked of the limits, and given back. `refusal` makes them refuse. */
    spent: [] as Limit[][],
    refunds: 0,
    refusal: undefined as LimitVerdict | undefined,
    async spendLimits(limits: readonly Limit[]): Promise<LimitVerdict> {
      if (domain.refusal) return domain.refusal;
      domain.spent.push([...limits]);
      const standings = limits.map(() => ({ used: 1, relaxesInMs: 300_000 }));
      return { ok: true, standings, refund: async () => void (domain.refunds += 1) };
    },

    /** The same for requests. `requestVerdict` is what they are told instead. */
    requests: [] as { limits: RequestLimits; spending: RequestSpending }[],
    requestVerdict: undefined as RequestVerdict | undefined,
    async spendRequest(limits: RequestLimits, spending: RequestSpending): Promise<RequestVerdict> {
      if (domain.requestVerdict) return domain.requestVerdict;
      domain.requests.push({ limits, spending });
      const network = { used: 1, relaxesInMs: 300_000 };
      return { verdict: 'spent', proven: false, network, refund: async () => void (domain.refunds += 1) };
    },

    async spendAndOrder(limits: RequestLimits, spending: RequestSpending, order: CodeMailOrder): Promise<RequestVerdict> {
      if (domain.queueError) throw domain.queueError;
      const verdict = await domain.spendRequest(limits, spending);
      if (verdict.verdict === 'spent') domain.orders.push(order);
      return verdict;
    },

    /** Wrong codes that were counted, and the addresses whose failures were forgotten. */
    wrongCodes: [] as WrongCode[],
    async countWrongCode(wrong: WrongCode): Promise<void> {
      domain.wrongCodes.push(wrong);
    },
    forgotten: [] as string[],
    forgetFailures: (addressDigest: string) => void domain.forgotten.push(addressDigest),

    /** The orders that the queue took. `queueError` makes it refuse. */
    orders: [] as CodeMailOrder[],
    queueError: undefined as Error | undefined,
    async orderMail(order: CodeMailOrder): Promise<void> {
      if (domain.queueError) throw domain.queueError;
      domain.orders.push(order);
    },

    /** The leases that are held. */
    leases: new Set<string>(),
    async takeLease(name: string) {
      if (domain.leases.has(name)) return undefined;
      domain.leases.add(name);
      return async () => void domain.leases.delete(name);
    },

    /** The mails that were handed over, and what the mail server says to the next one. */
    mails: [] as CodeMail[],
    handover: async (): Promise<Handover> => ({ accepted: true }),
    handOver(mail: CodeMail): Promise<Handover> {
      domain.mails.push(mail);
      return domain.handover();
    },

    /** The digests of the addresses that get no mail, and of those that are taken for one until the store is asked. */
    suppressed: new Set<string>(),
    mistaken: new Set<string>(),
    suppressions: {
      mayBeSuppressed: (addressDigest: string) => domain.suppressed.has(addressDigest) || domain.mistaken.has(addressDigest),
      isSuppressed: async (addressDigest: string) => domain.suppressed.has(addressDigest),
    },
    /** How often a hand-over was acted out. */
    imitations: 0,
    async imitateHandover(): Promise<Handover> {
      domain.imitations += 1;
      return domain.handover();
    },
  };
  return domain;
}

export type Domain = ReturnType<typeof createDomain>;

/** Asks for a code, and returns the order for its mail. */
export async function askForCode(domain: Domain, email = 'Visitor@Example.com', site = 'default') {
  const asked = await createRequestCode(domain)({ site, email, ip });
  const order = domain.orders.at(-1);
  if (!asked.ok || !order) throw new Error('no code was ordered');
  return order;
}

/** Asks for a code and has it mailed. */
export async function mailCode(domain: Domain, email?: string, site?: string): Promise<{ id: string; code: string }> {
  const order = await askForCode(domain, email, site);
  await createIssueCode(domain)(order);
  const mail = domain.mails.at(-1);
  if (!mail) throw new Error('no code was mailed');
  return { id: order.id, code: mail.envelope.code };
}

/** Types the code of a challenge. How the limits stand is left out of what is said. */
export async function typeCode(domain: Parameters<typeof createVerifyCode>[0], typed: { id: string; code: string }) {
  const { quotas: _, ...outcome } = await createVerifyCode(domain)({ ip, ...typed });
  return outcome;
}

/** The same by address. */
export async function typeAddressCode(
  domain: Parameters<typeof createVerifyAddressCode>[0],
  typed: { site: string; email: string; code: string },
) {
  const { quotas: _, ...outcome } = await createVerifyAddressCode(domain)({ ip, ...typed });
  return outcome;
}

/** A code that is not this one. */
export function wrongCode(code: string): string {
  return (code.startsWith('2') ? '3' : '2') + code.slice(1);
}
