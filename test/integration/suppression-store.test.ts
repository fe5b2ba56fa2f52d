import { randomBytes } from 'node:crypto';
import type { SuppressionStore } from '@daypass/core/codes/suppression';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knowSuppressions } from '../../services/mailer-worker/src/know-suppressions.ts';
import { at } from '../support/domain.ts';
import { openTestStore } from '../support/totp.ts';

let opened: Awaited<ReturnType<typeof openTestStore>>;
let suppressions: SuppressionStore;
beforeAll(async () => {
  opened = await openTestStore();
  ({ suppressions } = opened.store);
});
afterAll(() => opened?.close());

describe('a worker', () => {
  const digests = Array.from({ length: 5 }, () => randomBytes(32).toString('base64url'));
  const [known = '', unknown = '', late = '', ended = '', lifted = ''] = digests;

  test('knows who may be suppressed and who is not, once it has read it', async () => {
    for (const digest of [known, lifted]) await suppressions.suppress(digest, at(0), at(100));
    await suppressions.suppress(ended, at(0), at(10));
    const worker = knowSuppressions(suppressions, () => at(20), () => undefined);
    try {
      expect(worker.mayBeSuppressed(unknown)).toBe(true); // Until then it is everybody.
      await expect.poll(() => worker.count()).toBe(3);

      await suppressions.lift(lifted);
      // Who was lifted since, or whose time is over, is for the store to say.
      expect([known, unknown, ended, lifted].map(worker.mayBeSuppressed)).toEqual([true, false, true, true]);

      // Reported by a machine whose clock is behind.
      await suppressions.suppress(late, at(-100), at(100));
      await expect.poll(() => worker.mayBeSuppressed(late), { timeout: 15_000 }).toBe(true);
    } finally {
      await worker.stop();
    }
  });
});

describe('suppressions', () => {
  test('last until the moment that was said, and no longer', async () => {
    await suppressions.suppress('one', at(0), at(100));
    expect(await suppressions.isSuppressed('one', at(99.999))).toBe(true);
    expect(await suppressions.isSuppressed('one', at(100))).toBe(false);
    expect(await suppressions.isSuppressed('another', at(0))).toBe(false);
  });

  test('are made longer by a later report, and never shorter', async () => {
    await suppressions.suppress('longer', at(0), at(100));
    await suppressions.suppress('longer', at(10), at(200));
    await suppressions.suppress('longer', at(20), at(50));
    expect(await suppressions.isSuppressed('longer', at(199))).toBe(true);
    expect(await opened.raw.collection<{ _id: string }>('suppressions').findOne({ _id: 'longer' })).toEqual({ _id: 'longer', since: at(0), purgeAt: at(200) });
  });

  test('reported thirty times in one moment are one, as long as the longest', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => suppressions.suppress('storm', at(0), at(100 + index))));
    expect(await suppressions.isSuppressed('storm', at(128))).toBe(true);
    expect(await suppressions.isSuppressed('storm', at(129))).toBe(false);
  });

  test('are lifted once', async () => {
    await suppressions.suppress('lifted', at(0), at(100));
    expect([await suppressions.lift('lifted'), await suppressions.lift('lifted')]).toEqual([true, false]);
    expect(await suppressions.isSuppressed('lifted', at(1))).toBe(false);
  });

  test('are listed in order, page by page, all of them or those that are new', async () => {
    await opened.raw.collection('suppressions').deleteMany({});
    for (const [index, name] of ['c', 'a', 'd', 'b'].entries()) await suppressions.suppress(name, at(index), at(100));
    expect(await suppressions.list({ after: '', limit: 3 })).toEqual(['a', 'b', 'c']);
    expect(await suppressions.list({ after: 'c', limit: 3 })).toEqual(['d']);
    expect(await suppressions.list({ after: '', limit: 3, since: at(2) })).toEqual(['b', 'd']);
  });

  test('that have ended are deleted, the oldest first, and no others', async () => {
    await opened.raw.collection('suppressions').deleteMany({});
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) await suppressions.suppress(name, at(0), at(10 * (index + 1)));
    expect(await opened.store.oldestSuppressionPurgeAt()).toEqual(at(10));
    expect(await opened.store.purgeSuppressions(at(30), 2)).toEqual({ deleted: 2, more: true });
    expect(await opened.store.purgeSuppressions(at(30), 2)).toEqual({ deleted: 1, more: false });
    expect(await suppressions.isSuppressed('d', at(31))).toBe(true);
    expect(await opened.store.oldestSuppressionPurgeAt()).toEqual(at(40));
  });
});
