import { randomBytes } from 'node:crypto';
import { openStore, type Store } from '@daypass/core/store/open-store';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newChallenge, testChallengeStore, times } from '../support/challenge-contract.ts';
import { at } from '../support/domain.ts';
import { createMemoryChallenges } from '../support/memory-challenges.ts';
import { databaseUrl } from '../support/stores.ts';

const url = databaseUrl(`store-${randomBytes(6).toString('hex')}`);
let store: Store;
let raw: mongoose.Connection;
beforeAll(async () => {
  store = openStore(url, () => undefined);
  raw = await mongoose.createConnection(url).asPromise();
  await store.connected;
  await store.ready();
});
afterAll(async () => {
  await store?.close();
  await raw?.dropDatabase();
  await raw?.close();
});

testChallengeStore('in MongoDB', () => store.challenges);
const memory = createMemoryChallenges();
testChallengeStore('in memory', () => memory); // The one that unit tests use.

describe('mails that are handled in one turn', () => {
  test('each open their challenge, or find it as it is', async () => {
    const given = await times(6, async () => newChallenge({ codeDigest: 'right' }));
    const [first, second, , , , last] = given;
    await store.challenges.open(first ?? newChallenge());
    await store.challenges.spend(first?.id ?? '', ['right'], at(1));
    const opened = await Promise.all([...given, second, last].map((challenge) => store.challenges.open(challenge ?? newChallenge())));
    expect(opened.map(({ id }) => id)).toEqual([...given, second, last].map((challenge) => challenge?.id));
    expect(opened.map(({ usedAt }) => usedAt)).toEqual([at(1), ...Array.from({ length: 7 }, () => null)]);
    expect(opened[1]).toEqual(opened[6]);
    expect(await store.challenges.find(last?.id ?? '')).toEqual(opened[5]);
  });

  test('each record their own acceptance, the first of a challenge or a later one', async () => {
    const ids = (await times(4, () => store.challenges.open(newChallenge()))).map(({ id }) => id);
    const mark = (index: number, send: number, second: number) => store.challenges.markSent(ids[index] ?? '', send, at(second));
    await mark(0, 1, 10);
    await Promise.all([mark(0, 2, 20), mark(1, 1, 30), mark(2, 2, 40), mark(2, 1, 50), store.challenges.markSent('gone', 1, at(60))]);
    const found = await Promise.all(ids.map((id) => store.challenges.find(id)));
    expect(found.map((challenge) => [challenge?.delivery, challenge?.sendsAccepted, challenge?.expiresAt])).toEqual([
      ['sent', 2, at(10)],
      ['sent', 1, at(30)],
      ['sent', 2, at(40)],
      ['queued', 0, found[3]?.purgeAt],
    ]);
  });
});

describe('codes that come in one turn', () => {
  const openMany = (count: number) => times(count, () => store.challenges.open(newChallenge({ codeDigest: 'right' })));
  const spend = (by: Store, id: string | undefined, digest = 'right', now = at(1)) => by.challenges.spend(id ?? '', [digest], now);
  const attemptsAt = async (id: string | undefined) => (await store.challenges.find(id ?? ''))?.attempts;

  test('each use up their own challenge, or are counted at it, or find it over', async () => {
    const [right, wrong, used, exhausted, expired, gone] = (await openMany(5)).map(({ id }) => id);
    await spend(store, used);
    for (let guesses = 0; guesses < 5; guesses += 1) await spend(store, exhausted, 'wrong');
    await store.challenges.markSent(expired ?? '', 1, at(0.5));

    const before = await Promise.all([
      spend(store, right),
      spend(store, wrong, 'wrong'),
      spend(store, used),
      spend(store, exhausted),
      spend(store, expired),
      spend(store, gone),
    ]);
    expect(before).toMatchObject([{ usedAt: null, attempts: 0 }, { attempts: 0 }, { usedAt: at(1) }, { attempts: 5 }, { expiresAt: at(0.5) }, undefined]);
    expect(before[0]).toHaveProperty('envelope');
    expect(await store.challenges.find(right ?? '')).toMatchObject({ usedAt: at(1), attempts: 1 });
    expect(await store.challenges.find(right ?? '')).not.toHaveProperty('envelope');
    expect(await Promise.all([wrong, used, exhausted, expired].map(attemptsAt))).toEqual([1, 1, 5, 0]);
  });

  test('are each used up once, by two processes at the same moment', async () => {
    const other = openStore(url, () => undefined);
    try {
      await other.connected;
      const ids = (await openMany(60)).map(({ id }) => id);
      const spent = await Promise.all(ids.flatMap((id) => [spend(store, id), spend(other, id)]));
      const winners = spent.filter((before) => before?.usedAt === null);
      expect(winners).toHaveLength(60);
      expect(new Set(winners.map((before) => before?.id))).toEqual(new Set(ids));
      expect(winners.every((before) => before?.envelope !== undefined)).toBe(true);
    } finally {
      await other.close();
    }
  });

  test('are held against a challenge five times, and the right one after that is too late', async () => {
    const [guessed, ...others] = (await openMany(8)).map(({ id }) => id);
    const guesses = Array.from({ length: 40 }, () => spend(store, guessed, 'wrong'));
    const rights = [...others, guessed].map((id) => spend(store, id));
    const [last, ...first] = (await Promise.all(rights)).toReversed();
    expect(first.every((before) => before?.usedAt === null)).toBe(true);
    expect(last).toMatchObject({ usedAt: null, attempts: 5 });
    expect((await Promise.all(guesses)).filter((before) => (before?.attempts ?? 5) < 5)).toHaveLength(5);
  });

  test('a right one beside which another process counts a wrong one is decided again', async () => {
    const other = openStore(url, () => undefined);
    try {
      await other.connected;
      const ids = (await openMany(40)).map(({ id }) => id);
      const [rights] = await Promise.all([
        Promise.all(ids.map((id) => spend(store, id))),
        Promise.all(ids.map((id) => spend(other, id, 'wrong'))),
      ]);
      expect(rights.filter((before) => before?.usedAt === null && before.attempts <= 1)).toHaveLength(40);
      const attempts = await Promise.all(ids.map(attemptsAt));
      expect(attempts.every((count) => count === 1 || count === 2)).toBe(true);
    } finally {
      await other.close();
    }
  });
});

describe('the sweep', () => {
  test('deletes what is due, the oldest first, a batch at a time, and leaves tombstones until then', async () => {
    await raw.collection('challenges').deleteMany({});
    const ids = [];
    for (let second = 5; second >= 1; second -= 1) {
      ids.unshift((await store.challenges.open(newChallenge({ purgeAt: at(second) }))).id);
    }
    const tombstone = (await store.challenges.open(newChallenge({ purgeAt: at(100) }))).id;
    await store.challenges.spend(tombstone, ['right'], at(0.5));
    const left = async () => (await raw.collection('challenges').find().sort({ purgeAt: 1 }).toArray()).map(({ _id }) => String(_id));

    expect(await store.purgeChallenges(at(0), 2)).toEqual({ deleted: 0, more: false });
    expect(await store.purgeChallenges(at(4), 2)).toMatchObject({ deleted: 2, more: true });
    expect(await left()).toEqual([...ids.slice(2), tombstone]);
    expect(await store.purgeChallenges(at(4), 10)).toMatchObject({ deleted: 2, more: false });
    expect(await left()).toEqual([ids[4], tombstone]);
    expect(await store.purgeChallenges(at(99), 10)).toMatchObject({ deleted: 1 });
    expect(await left()).toEqual([tombstone]);
    expect(await store.oldestPurgeAt()).toEqual(at(100));
    await store.purgeChallenges(at(100), 10);
    expect(await left()).toEqual([]);
  });

  test('by several at once deletes everything once', async () => {
    await times(60, () => store.challenges.open(newChallenge({ purgeAt: at(1) })));
    const swept = await times(4, () => store.purgeChallenges(at(2), 60));
    expect(swept.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(60);
  });
});

test('the indexes that look-ups and deletes stand on are there once the store is ready', async () => {
  const indexes = await raw.collection('challenges').indexes();
  expect(indexes.map(({ key, expireAfterSeconds }) => ({ key, expireAfterSeconds }))).toEqual(
    expect.arrayContaining([
      { key: { purgeAt: 1 }, expireAfterSeconds: 24 * 60 * 60 },
      { key: { addressDigest: 1, site: 1, issuedAt: -1 }, expireAfterSeconds: undefined },
    ]),
  );
});

describe('a database that is not there', () => {
  test('makes the store say soon that it is unavailable', async () => {
    const absent = openStore('mongodb://127.0.0.1:1/nowhere?directConnection=true', () => undefined);
    const started = performance.now();
    await expect(absent.challenges.find('challenge')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(absent.ready()).rejects.toThrow('not reached');
    expect(performance.now() - started).toBeLessThan(2_500);
    await absent.close();
  });
});
