import { randomBytes } from 'node:crypto';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { requestLimits, wrongCode } from '@daypass/core/limits/policy';
import { defaultSiteLimits } from '@daypass/core/limits/site-limits';
import { builtInSite, type Site } from '@daypass/core/sites/site';
import { createCountWrongCode } from '@daypass/runtime/limits/count-wrong-code';
import { createSpendRequest, refundRequestScript } from '@daypass/runtime/limits/spend-request';
import { spendRequestGate } from '@daypass/runtime/limits/spend-request-script';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { at } from '../support/domain.ts';
import { countsIn } from '../support/limits.ts';
import { sharedStores } from '../support/stores.ts';
import { openQueue, payload } from '../support/test-queue.ts';

const redis = new Redis(sharedStores().redisUrl);
afterAll(() => redis.disconnect());

const indexKey = parseIndexKey(randomBytes(32).toString('base64url'));
/** Small enough for every limit to be met. */
const limits = { ...defaultSiteLimits, sitePerMinute: 6, networkFreePer5Minutes: 2, networkPer5Minutes: 4, siteWrongCodesPerDay: 3 };
const sites: Site[] = ['one', 'other'].map((id) => ({ ...builtInSite([]), id, limits, proofOfWork: 'automatic' }));

interface Asked {
  site: number;
  address: number;
  network: number;
  seconds: number;
  known: boolean;
  solved: number;
}
const some = (count: number) => fc.integer({ min: 0, max: count - 1 });
const asked: fc.Arbitrary<Asked> = fc.record({
  site: some(2),
  address: some(40),
  // One that is full soon, and those of others.
  network: fc.oneof(fc.constant(0), some(40), some(40)),
  // In parts of the minute, and of the day: time goes on, and a process whose clock is behind is asked, too.
  seconds: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0, 1, 3, 6) }, { weight: 1, arbitrary: fc.constantFrom(70, 150, 4_000, 90_000) }),
  known: fc.boolean(),
  solved: some(3),
});

/** Asks for all of them by `order`, on a Redis that holds only some wrong codes. */
async function outcome(all: readonly Asked[], order: <T>(asks: (() => Promise<T>)[]) => Promise<T[]>) {
  await redis.flushdb();
  const told: string[] = [];
  const count = createCountWrongCode(redis, (id, state) => void told.push(`${id} ${state}`));
  for (let each = 0; each < limits.siteWrongCodesPerDay; each += 1) await count(wrongCode(sites[0] as Site), at(0));
  const { producer } = openQueue();
  const add = producer.behind(spendRequestGate);
  const withdraw = producer.withdrawing(refundRequestScript);
  const job = (index: number) => ({ ...payload, id: `job-${index}` });
  const spend = createSpendRequest<[number]>(
    redis,
    { spend: (question, index) => add(question, job(index)), takeBack: (question, index) => withdraw(question, job(index)) },
    (id) => void told.push(`${id} relaxed`),
  );
  const asks = all.map(({ site, address, network, seconds, known, solved }, index) => async () => {
    const digest = `address-${address}`;
    const { verdict, ...said } = await spend(
      requestLimits(indexKey, { site: sites[site] as Site, addressDigest: digest, ip: `192.0.2.${network}` }),
      { now: at(seconds), device: known ? { issuedAt: at(-1), visitor: 'visitor' } : undefined, solved: solved > 0 ? `puzzle-${solved}` : undefined },
      index,
    );
    return JSON.stringify({ verdict, ...said });
  });
  const verdicts = await order(asks);
  const waiting = (await producer.queue.getWaiting()).map(({ id }) => id);
  const counts = Object.entries(await countsIn(redis)).filter(([key]) => /:(?:limit|wrong-codes|puzzle):/.test(key));
  return { verdicts, told: told.toSorted(), waiting, counts };
}

test('requests that one script decides are decided as if each had come alone, and leave the same', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.array(asked, { maxLength: 10 }), fc.array(asked, { minLength: 30, maxLength: 60 })), async (all) => {
      const together = await outcome(all, (asks) => Promise.all(asks.map((ask) => ask())));
      const alone = await outcome(all, async (asks) => {
        const verdicts = [];
        for (const ask of asks) verdicts.push(await ask());
        return verdicts;
      });
      expect(together).toEqual(alone);
      for (const verdict of together.verdicts) seen.add(verdict.replace(/"(?!name)\w+":[\d.]+|\d+/g, ''));
    }),
    { numRuns: 40 },
  );
  const all = [...seen].join();
  for (const word of ['spent', 'proof wanted', '"address"', '"network"', '"site"']) expect(all).toContain(word);
}, 60_000);
