import { randomBytes } from 'node:crypto';
import type { RequestLimits, RequestRules } from '@daypass/core/limits/request-limits';
import { createSpendLimits } from '@daypass/runtime/limits/spend-limits';
import { askSpendRequest, createSpendRequest } from '@daypass/runtime/limits/spend-request';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../support/domain.ts';
import { anotherAddress, plainRules } from '../support/limits.ts';
import { sharedStores } from '../support/stores.ts';

const redis = new Redis(sharedStores().redisUrl);
const spendLimits = createSpendLimits(redis);
const spendRequest = createSpendRequest(redis, askSpendRequest(redis), () => undefined);
beforeAll(() => redis.flushdb());
afterAll(() => redis.disconnect());

interface Window {
  max: number;
  windowMs: number;
}
interface Spend {
  time: number;
  holder: boolean;
}

/** Long ones: the keys end by the clock of Redis, which does not run as fast as that of these tests. */
const window = fc.record({ max: fc.integer({ min: 1, max: 6 }), windowMs: fc.integer({ min: 100_000, max: 5_000_000 }) });
/** The longest last. */
const windows = fc.array(window, { minLength: 1, maxLength: 3 }).map((some) => some.toSorted((a, b) => a.windowMs - b.windowMs));
const onward = fc.integer({ min: 0, max: 1_500_000 });
const back = fc.integer({ min: -3_000_000, max: 0 });

/**
 * Steps in which time goes on and some spends are given back, or in which it also goes back, as it does for a process
 * whose clock is behind. (A spend that is given back takes the time it was made at with it.)
 */
function steps<T>(more: fc.Arbitrary<T>) {
  const step = (gap: fc.Arbitrary<number>, refund: fc.Arbitrary<boolean>) => fc.record({ gap, refund, more });
  const seldom = fc.integer({ min: 0, max: 4 }).map((fifth) => fifth === 0);
  const atMost = { minLength: 1, maxLength: 30 };
  const bothWays = fc.oneof({ weight: 6, arbitrary: onward }, { weight: 1, arbitrary: back });
  return fc.oneof(fc.array(step(onward, seldom), atMost), fc.array(step(bothWays, fc.constant(false)), atMost));
}

/** How long these windows refuse at `now`, given everything that was ever spent: worked out from the definition. */
function waitAt(now: number, spends: readonly Spend[], limits: readonly Window[]): number {
  return Math.max(0, ...limits.map(({ max, windowMs }) => waitForWindow(now, spends, max, windowMs)));
}

function waitForWindow(now: number, spends: readonly Spend[], max: number, windowMs: number): number {
  const inside = spends.map(({ time }) => time).filter((time) => time > now - windowMs).toSorted((a, b) => b - a);
  const blocking = inside[max - 1];
  return blocking === undefined ? 0 : blocking + windowMs - now;
}

/** A process whose clock is behind counts from the newest spend. */
const effective = (now: number, spends: readonly Spend[]) => Math.max(now, ...spends.map(({ time }) => time));

test('any windows, at any times: each spend is decided as the definition says, several all or nothing, and refunds undo', async () => {
  await fc.assert(
    fc.asyncProperty(windows, windows, steps(fc.boolean()), async (first, second, taken) => {
      const subject = randomBytes(16).toString('base64url');
      const history: { first: Spend[]; second: Spend[] } = { first: [], second: [] };
      const limit = { first: { name: 'first', subject, windows: first }, second: { name: 'second', subject, windows: second } };
      let now = 0;
      for (const { gap, more: both, refund } of taken) {
        now += gap;
        const names = both ? (['first', 'second'] as const) : (['first'] as const);
        const waits = names.map((name) => waitAt(effective(now, history[name]), history[name], limit[name].windows));
        const verdict = await spendLimits(names.map((name) => limit[name]), at(now / 1000));
        expect(verdict.ok ? 0 : verdict.retryAfterMs).toBe(Math.max(...waits));
        if (!verdict.ok) continue;
        if (refund) await verdict.refund();
        else for (const name of names) history[name].push({ time: effective(now, history[name]), holder: false });
      }
    }),
    { numRuns: 100 },
  );
});

test('strangers and known browsers, in any order, at two sites: each mail is decided as the definition says, and refunds undo', async () => {
  const shares = { perDay: fc.integer({ min: 2, max: 10 }), kept: fc.integer({ min: 0, max: 2 }) };
  // What strangers get at another site is no matter to this one's known browsers.
  const figures = fc.record({ paced: window, ...shares, laxPerDay: fc.option(fc.integer({ min: 2, max: 12 })) });
  const dayMs = 6_000_000;
  await fc.assert(
    fc.asyncProperty(figures, steps(fc.boolean()), async ({ paced, perDay, kept: keptMax, laxPerDay }, taken) => {
      const kept = { max: Math.min(keptMax, perDay - 1), windowMs: dayMs };
      const address = {
        strangers: [paced, { max: laxPerDay ?? perDay - kept.max, windowMs: dayMs }],
        holders: [{ max: perDay, windowMs: dayMs }],
        holdersOwn: [paced],
        kept,
      };
      const limits = unlimited({ address });
      const mails: Spend[] = [];
      let now = 0;
      for (const { gap, more: holder, refund } of taken) {
        now += gap;
        const moment = effective(now, mails);
        const own = mails.filter((mail) => mail.holder);
        const untilKept = kept.max === 0 ? Number.POSITIVE_INFINITY : waitAt(moment, own, [kept]);
        const wait = holder
          ? Math.max(Math.min(untilKept, waitAt(moment, mails, address.holders)), waitAt(moment, own, address.holdersOwn))
          : waitAt(moment, mails, address.strangers);
        const verdict = await spendRequest(limits, { now: at(now / 1000), device: holder ? { issuedAt: at(0), visitor: 'visitor' } : undefined });
        expect(verdict.verdict === 'refused' ? verdict.retryAfterMs : 0).toBe(wait);
        if (verdict.verdict !== 'spent') continue;
        if (refund) await verdict.refund();
        else mails.push({ time: moment, holder });
      }
      const most = Math.max(0, ...mails.map(({ time: from }) => mails.filter(({ time }) => time >= from && time < from + dayMs).length));
      expect(most).toBeLessThanOrEqual(laxPerDay === null ? perDay : Math.max(perDay, laxPerDay) + kept.max);
    }),
    { numRuns: 100 },
  );
});

test('a counted window is never exceeded, wherever it is laid, and whoever waits as long as was said gets in', async () => {
  const step = fc.record({ gap: fc.integer({ min: 0, max: 9_000 }), refund: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.array(step, { minLength: 1, maxLength: 40 }), async (max, taken) => {
      const windowMs = 60_000;
      const site = { site: randomBytes(8).toString('hex'), max, windowMs };
      const granted: number[] = [];
      let now = 0;
      const ask = () => spendRequest(unlimited({ site }), { now: at(now / 1000) });
      for (const { gap, refund } of taken) {
        now += gap;
        const first = await ask();
        const waitMs = first.verdict === 'refused' ? first.retryAfterMs : 0;
        expect(waitMs).toBeLessThanOrEqual((windowMs * 25) / 24);
        now += waitMs;
        const verdict = waitMs > 0 ? await ask() : first;
        if (verdict.verdict !== 'spent') throw new Error('refused again');
        if (refund) await verdict.refund();
        else granted.push(now);
      }
      const most = Math.max(0, ...granted.map((from) => granted.filter((time) => time >= from && time < from + windowMs).length));
      expect(most).toBeLessThanOrEqual(max);
    }),
    { numRuns: 100 },
  );
});

/** Limits that refuse nobody but for these, of an address and a network of their own. */
function unlimited(but: Partial<RequestRules>): RequestLimits {
  const rules = plainRules({ max: 1_000_000, windowMs: 1_000 }, but);
  return { rules, addressDigest: anotherAddress(), networkDigest: anotherAddress() };
}
