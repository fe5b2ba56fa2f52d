import type { Result } from 'ioredis';
import type { RedisClient } from '../redis.ts';
import { askLimits } from './ask-limits.ts';
import { limitKeys } from './limit-keys.ts';
import { spendRequestScript } from './spend-request-script.ts';

interface Window {
  max: number;
  windowMs: number;
}
interface Budget extends Window {
  site: string;
}

/** As the domain gives them. */
interface RequestRules {
  address: { strangers: readonly Window[]; holders: readonly Window[]; holdersOwn: readonly Window[]; kept: Window };
  network: Window;
  site: Budget;
  wrongCodes: Budget;
  wait?: { fromFailures: number; firstMs: number; longestMs: number; step: number };
  proof: { rule: keyof typeof proofRules; networkFree: number; failures: number };
}
interface RequestLimits {
  rules: RequestRules;
  addressDigest: string;
  networkDigest: string;
}

interface Spending {
  now: Date;
  device?: Device | undefined;
  solved?: string | undefined;
}

interface Device {
  issuedAt: Date;
  visitor: string;
}

interface Standing {
  used: number;
  relaxesInMs: number;
}

type Verdict =
  | { verdict: 'spent'; proven: boolean; network: Standing; refund: () => Promise<void> }
  | { verdict: 'refused'; ok: false; name: (typeof refusers)[number]; window?: Window; retryAfterMs: number }
  | { verdict: 'proof wanted'; requests: number; wrongCodes: number; network: Standing };

/** What the script is asked with. */
interface Question {
  keys: readonly string[];
  args: readonly (string | number)[];
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    spendRequest(...keysAndFigures: (string | number)[]): Result<string, Context>;
    refundRequest(...keysAndFigures: (string | number)[]): Result<number, Context>;
  }
}

/** By the numbers that the script has for them. */
const proofRules = { never: 0, 'when needed': 1, always: 2 } as const;
const outcomes = { refused: 0, spent: 1, proofWanted: 2 } as const;
const refusers = ['address', 'address-failures', 'network', 'site'] as const;

/** Lua: gives back what {@link spendRequestScript} has spent, if it has. */
export const refundRequestScript = `
local addressKey, networkKey, siteKey = unpack(KEYS)
redis.call('LREM', addressKey, -1, ARGV[2])
redis.call('LREM', networkKey, -1, ARGV[3])
if redis.call('HEXISTS', siteKey, ARGV[4]) == 1 then
  if redis.call('HINCRBY', siteKey, ARGV[4], -1) == 0 then redis.call('HDEL', siteKey, ARGV[4]) end
  redis.call('HINCRBY', siteKey, 'sum', -1)
end
if ARGV[1] ~= '' then redis.call('DEL', ARGV[1]) end
return 1
`;

/** How the scripts are asked. Both may do more in the same moment, with what they are given besides. */
interface Asking<Besides extends unknown[]> {
  /** Asks {@link spendRequestScript}. */
  spend: (question: Question, ...besides: Besides) => Promise<number[]>;
  /** Asks {@link refundRequestScript}, when it is not known whether anything was spent. */
  takeBack: (question: Question, ...besides: Besides) => Promise<unknown>;
}

/** Asks the scripts, and nothing with them. */
export function askSpendRequest(redis: RedisClient): Asking<[]> {
  redis.defineCommand('spendRequest', { numberOfKeys: 5, lua: spendRequestScript });
  return {
    spend: async ({ keys, args }) => (await redis.spendRequest(...keys, ...args)).split(' ').map(Number),
    takeBack: ({ keys, args }) => redis.refundRequest(...keys, ...args),
  };
}

/**
 * Spends what a request for a mail costs in Redis, all or nothing, in one script and one round trip. Throws an error with
 * `code: 'unavailable'` when Redis does not answer.
 *
 * @param onRelaxed told, once, that wrong codes at a site are below their budget again
 */
export function createSpendRequest<Besides extends unknown[]>(
  redis: RedisClient,
  { spend, takeBack }: Asking<Besides>,
  onRelaxed: (site: string) => void,
): (limits: RequestLimits, spending: Spending, ...besides: Besides) => Promise<Verdict> {
  redis.defineCommand('refundRequest', { numberOfKeys: 3, lua: refundRequestScript });

  return async ({ rules, addressDigest, networkDigest }, { now, device, solved }, ...besides) => {
    const { text, siteKeys } = writtenRules(rules);
    const addressKey = limitKeys.times('address', addressDigest);
    const networkKey = limitKeys.times('network', networkDigest);
    const solvedKey = solved === undefined ? '' : limitKeys.solvedPuzzle(solved);
    const time = now.getTime();
    const question = {
      keys: [addressKey, networkKey, ...siteKeys, limitKeys.failures(addressDigest)],
      args: [text, time, device ? knownBy(device, addressDigest) : '', solvedKey],
    };
    const refunded = (usedKey: string, spent: number[]) => ({ keys: [addressKey, networkKey, siteKeys[0]], args: [usedKey, ...spent] });
    const [outcome, relaxed, ...said] = await askLimits(
      () => spend(question, ...besides),
      // A proof stays used: it may have been before.
      () => takeBack(refunded('', [device ? -time : time, time, 0]), ...besides),
    );
    if (relaxed === 1) onRelaxed(rules.wrongCodes.site);
    if (outcome === outcomes.refused) return refusalOf(said);

    const [used = 0, relaxesInMs = 0, ...rest] = said;
    const standing = { used, relaxesInMs };
    if (outcome === outcomes.proofWanted) {
      const [requests = 0, wrong = 0] = rest;
      return { verdict: 'proof wanted', network: standing, requests, wrongCodes: wrong };
    }
    const [proven = 0, ...spent] = rest;
    const refund = async () => {
      const { keys: refundKeys, args } = refunded(proven === 1 ? solvedKey : '', spent);
      await askLimits(() => redis.refundRequest(...refundKeys, ...args));
    };
    return { verdict: 'spent', network: standing, proven: proven === 1, refund };
  };
}

/** What the script knows a browser by, unless its token was revoked. */
function knownBy({ issuedAt, visitor }: Device, addressDigest: string): string {
  return [issuedAt.getTime(), limitKeys.devicesRevoked(addressDigest), limitKeys.devicesRevoked(visitor)].join(' ');
}

function refusalOf([refuser = 0, max = 0, windowMs = 0, retryAfterMs = 0]: number[]): Verdict & { verdict: 'refused' } {
  const name = refusers[refuser - 1];
  if (name === undefined) throw new Error('the limiter script named a limit that was not asked for');
  return { verdict: 'refused', ok: false, name, retryAfterMs, ...(windowMs > 0 && { window: { max, windowMs } }) };
}

/** Rules as the script is given them. */
interface WrittenRules {
  text: string;
  /** Where the requests and the wrong codes of the site are counted. */
  siteKeys: readonly [string, string];
}
const written = new WeakMap<RequestRules, WrittenRules>();

/** They are written once: a site has the same for every request. */
function writtenRules(rules: RequestRules): WrittenRules {
  const made = written.get(rules) ?? {
    text: JSON.stringify(figuresOf(rules)),
    siteKeys: [limitKeys.siteRequests(rules.site.site), limitKeys.siteWrongCodes(rules.wrongCodes.site)],
  };
  written.set(rules, made);
  return made;
}

function figuresOf({ address, network, site, wrongCodes, wait, proof }: RequestRules): number[] {
  const { fromFailures = 0, firstMs = 0, longestMs = 0, step = 1 } = wait ?? {};
  const { strangers, holders, holdersOwn, kept } = address;
  return [
    fromFailures,
    firstMs,
    longestMs,
    step,
    proofRules[proof.rule],
    proof.networkFree,
    proof.failures,
    network.max,
    network.windowMs,
    site.max,
    site.windowMs,
    wrongCodes.max,
    wrongCodes.windowMs,
    strangers.at(-1)?.windowMs ?? 0,
    kept.max,
    kept.windowMs,
    ...[strangers, holders, holdersOwn].flatMap((windows) => [windows.length, ...windows.flatMap(({ max, windowMs }) => [max, windowMs])]),
  ];
}
