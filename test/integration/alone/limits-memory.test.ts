import { guessLimit } from '@daypass/core/limits/policy';
import { createSpendLimits } from '@daypass/runtime/limits/spend-limits';
import { askSpendRequest, createSpendRequest } from '@daypass/runtime/limits/spend-request';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { at } from '../../support/domain.ts';
import { anotherAddress, createLimitedSite, plainRules } from '../../support/limits.ts';
import { sharedStores } from '../../support/stores.ts';

const redis = new Redis(sharedStores().redisUrl);
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

const hour = 3_600;
const say = (line: string) => process.stdout.write(`  ${line}\n`);

test('an address that everything has happened to takes less than a kilobyte, and ends by itself', async () => {
  const { ask, miss, revokeDevices, addressDigest } = createLimitedSite(redis, {}, 'off');
  const spendLimits = createSpendLimits(redis);
  await revokeDevices(-1);
  for (let each = 0; each < 10; each += 1) {
    await ask(each * hour, each < 6 ? {} : { deviceOf: 0 });
    await spendLimits([guessLimit(addressDigest)], at(each * hour));
    await miss(each * hour);
  }
  const keys = (await redis.keys('*')).filter((key) => key.includes(addressDigest)).toSorted();
  expect(keys.map((key) => key.replace(addressDigest, '…'))).toEqual([
    '{daypass}:devices-revoked:…',
    '{daypass}:failures:…',
    '{daypass}:limit:address-guess:…',
    '{daypass}:limit:address:…',
  ]);
  const bytes = await Promise.all(keys.map(async (key) => Number(await redis.memory('USAGE', key))));
  const total = bytes.reduce((sum, each) => sum + each, 0);
  say(`memory of one address: ${total} bytes (${keys.map((key, index) => `${key.split(':').at(-2)} ${bytes[index]}`).join(', ')})`);
  expect(total).toBeLessThan(1_024);
  expect(await redis.llen(`{daypass}:limit:address:${addressDigest}`)).toBe(10);
});

test('whatever is counted ends by itself: no key stays', async () => {
  const { ask, miss, revokeDevices } = createLimitedSite(redis, { networkFreePer5Minutes: 0 });
  await ask(0);
  await ask(0, { solved: 'one', deviceOf: -1 });
  await miss(0);
  await revokeDevices(0);
  await createSpendLimits(redis)([guessLimit(anotherAddress())], at(0));
  const keys = await redis.keys('*');
  expect(keys).toHaveLength(8);
  const days = await Promise.all(keys.map(async (key) => (await redis.pttl(key)) / 86_400_000));
  expect(Math.min(...days)).toBeGreaterThan(0);
  expect(Math.max(...days)).toBeLessThanOrEqual(180);
});

test('any number of addresses are not more than those of a few lifetimes', async () => {
  const spendRequest = createSpendRequest(redis, askSpendRequest(redis), () => undefined);
  const lifeMs = 400;
  const rules = plainRules({ max: 10, windowMs: lifeMs });
  const ask = () => spendRequest({ rules, addressDigest: anotherAddress(), networkDigest: anotherAddress() }, { now: new Date() });
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
  const before = await used();
  let [asked, mostKeys, mostBytes] = [0, 0, 0];
  // However fast the machine is: for many lifetimes.
  const until = Date.now() + 12 * lifeMs;
  while (asked < 10_000 || Date.now() < until) {
    await Promise.all(Array.from({ length: 500 }, ask));
    asked += 500;
    mostKeys = Math.max(mostKeys, await redis.dbsize());
    mostBytes = Math.max(mostBytes, (await used()) - before);
  }
  say(`${asked} addresses and networks with a lifetime of ${lifeMs} ms: at most ${mostKeys} keys, ${Math.round(mostBytes / 1024)} kB`);
  expect(mostKeys).toBeLessThan(asked / 2);
  await expect.poll(() => redis.dbsize()).toBeLessThanOrEqual(2);
  expect(mostBytes / mostKeys).toBeLessThan(1_024);
}, 120_000);
