import { randomBytes, randomInt } from 'node:crypto';
import { createRevokeDevices } from '@daypass/core/access/revoke-devices';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { requestLimits, wrongCode } from '@daypass/core/limits/policy';
import type { Window } from '@daypass/core/limits/limit';
import type { RequestRules, RequestVerdict } from '@daypass/core/limits/request-limits';
import { defaultSiteLimits, type SiteLimits } from '@daypass/core/limits/site-limits';
import { builtInSite, type Site } from '@daypass/core/sites/site';
import { createCountWrongCode } from '@daypass/runtime/limits/count-wrong-code';
import { createForgetFailures } from '@daypass/runtime/limits/forget-failures';
import { createKeepRevocation } from '@daypass/runtime/limits/keep-revocation';
import { limitKeys } from '@daypass/runtime/limits/limit-keys';
import { askSpendRequest, createSpendRequest } from '@daypass/runtime/limits/spend-request';
import type { Redis } from 'ioredis';
import { at } from './domain.ts';

const indexKey = parseIndexKey(randomBytes(32).toString('base64url'));

interface Asking {
  /** Brings a token that was issued so many seconds after the start. */
  deviceOf?: number;
  solved?: string;
  /** Another address, another network than the one of all others. */
  address?: string;
  ip?: string;
}

/** A site of its own, with an address and a network, whose limits a test spends on a real Redis. */
export function createLimitedSite(redis: Redis, limits: Partial<SiteLimits> = {}, proofOfWork: Site['proofOfWork'] = 'automatic') {
  const site: Site = {
    ...builtInSite([]),
    id: `site-${randomBytes(4).toString('hex')}`,
    limits: { ...defaultSiteLimits, ...limits },
    proofOfWork,
  };
  const addressDigest = randomBytes(32).toString('base64url');
  const visitor = randomBytes(32).toString('base64url');
  const ip = randomIp();
  const told: string[] = [];
  const spend = createSpendRequest(redis, askSpendRequest(redis), (id) => void told.push(`${id} relaxed`));
  const count = createCountWrongCode(redis, (id, state) => void told.push(`${id} ${state}`));
  const revoke = createRevokeDevices({ keepRevocation: createKeepRevocation(redis) });
  const forget = createForgetFailures(redis, (error) => void told.push(String(error)));

  return {
    site,
    addressDigest,
    /** What was told of the budget. */
    told,
    ask: (seconds: number, asking: Asking = {}): Promise<RequestVerdict> =>
      spend(requestLimits(indexKey, { site, addressDigest: asking.address ?? addressDigest, ip: asking.ip ?? ip }), {
        now: at(seconds),
        device: asking.deviceOf === undefined ? undefined : { issuedAt: at(asking.deviceOf), visitor },
        solved: asking.solved,
      }),
    miss: (seconds: number, address: string | undefined = addressDigest) => count(wrongCode(site, address), at(seconds)),
    /** Those of the address, or of the visitor at this site. */
    revokeDevices: (seconds: number, whose: 'address' | 'visitor' = 'address') => revoke(whose === 'address' ? addressDigest : visitor, at(seconds)),
    forgetFailures: () => forget(addressDigest),
  };
}

/** Rules with one window for addresses and networks, and nothing else that is ever met. */
export function plainRules(window: Window, but: Partial<RequestRules> = {}): RequestRules {
  const crowd = { site: 'crowd', max: 1_000_000_000, windowMs: 60_000 };
  return {
    address: { strangers: [window], holders: [window], holdersOwn: [window], kept: { max: 0, windowMs: window.windowMs } },
    network: window,
    site: crowd,
    wrongCodes: crowd,
    proof: { rule: 'never', networkFree: 0, failures: 0 },
    ...but,
  };
}

/** What was asked for and guessed at an address was so much longer ago; its wrong codes in a row are as new as they were. */
export async function ageLimits(redis: Redis, addressDigest: string, ms: number): Promise<void> {
  for (const key of ['address', 'address-guess'].map((name) => limitKeys.times(name, addressDigest))) {
    const times = (await redis.lrange(key, 0, -1)).map(Number);
    // Those of known browsers have a minus.
    for (const [place, time] of times.entries()) await redis.lset(key, place, time - Math.sign(time) * ms);
  }
}

/** Somebody else's digest. */
export const anotherAddress = (): string => randomBytes(32).toString('base64url');

export function randomIp(): string {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
}

/** What counts of all that Redis holds: not how far a counter has looked, and no part of one that is empty. */
export async function countsIn(redis: Redis): Promise<Record<string, unknown>> {
  const keys = (await redis.keys('{daypass}*')).toSorted();
  const entries = await Promise.all(keys.map(async (key) => [key, await valueOf(redis, key)] as const));
  return Object.fromEntries(entries);
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'list') return redis.lrange(key, 0, -1);
  if (type === 'string') return redis.get(key);
  if (type !== 'hash') return undefined;
  const fields = Object.entries(await redis.hgetall(key));
  return Object.fromEntries(fields.filter(([field, count]) => field !== 'newest' && count !== '0'));
}
