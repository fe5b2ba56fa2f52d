// A million addresses that are asked for once: what the limits hold of them while they count, and afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askSpendRequest, createSpendRequest } from '@daypass/runtime/limits/spend-request';
import { startRedis } from '@daypass/tools/stores/redis-server';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { anotherAddress, plainRules } from '../support/limits.ts';

const full = process.env['ATTACK'] === 'full';
const addresses = Number(process.env['LIMITER_ADDRESSES'] ?? 1_000_000);
// Long enough for all of them to be there at the same time: a day, or five minutes, shortened.
const lifeMs = Math.max(20_000, addresses * 0.4);
const atOnce = 400;
const say = (line: string) => process.stdout.write(`  ${line}\n`);
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

test.runIf(full)(`the limits of ${addresses.toLocaleString('en')} addresses from as many networks take less than a kilobyte each, and nothing once they are over`, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-limiter-'));
  const server = await startRedis({ dataDir: dir });
  const redis = new Redis(server.url);
  try {
    const spendRequest = createSpendRequest(redis, askSpendRequest(redis), () => undefined);
    const rules = plainRules({ max: 10, windowMs: lifeMs });
    const ask = () => spendRequest({ rules, addressDigest: anotherAddress(), networkDigest: anotherAddress() }, { now: new Date() });
    const used = async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    await ask();
    const before = await used();
    const startedAt = performance.now();
    let asked = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (; asked < addresses; ) {
          asked += 1;
          const verdict = await ask();
          if (verdict.verdict !== 'spent') throw new Error(`not spent: ${JSON.stringify(verdict)}`);
        }
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const [keys, atMost] = [await redis.dbsize(), (await used()) - before];
    say(`${asked} addresses and networks in ${seconds.toFixed(0)} s: ${keys} keys, ${megabytes(atMost)} more than ${megabytes(before)}, ${Math.round(atMost / asked)} bytes an address with its network`);
    expect(seconds * 1000).toBeLessThan(lifeMs);
    expect(keys).toBeGreaterThan(2 * addresses);
    expect(atMost / asked).toBeLessThan(1_024);

    await expect.poll(() => redis.dbsize(), { timeout: 2 * lifeMs, interval: 500 }).toBeLessThanOrEqual(2);
    // The tables that named the keys shrink a little later.
    await expect.poll(async () => (await used()) - before, { timeout: 60_000, interval: 500 }).toBeLessThan(atMost / 20);
    say(`${((performance.now() - startedAt) / 1000).toFixed(0)} s after the first: ${await redis.dbsize()} keys, ${megabytes((await used()) - before)} more`);
  } finally {
    redis.disconnect();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}, 1_800_000);
