import type { ChallengeStore, NewChallenge } from '@daypass/core/codes/challenge';
import { describe, expect, test } from 'vitest';
import { at } from './domain.ts';

const right = ['right'];
const wrong = ['wrong'];
let made = 0;
export function newChallenge(members: Partial<NewChallenge> = {}): NewChallenge {
  made += 1;
  return {
    id: `challenge-${made}`,
    site: 'default',
    addressDigest: `address-${made}`,
    codeDigest: 'right',
    envelope: 'sealed',
    issuedAt: at(0),
    purgeAt: at(1_500),
    ...members,
  };
}
export const times = <T>(count: number, run: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

/** The promises of {@link ChallengeStore}, for each of its kinds to keep. */
export function testChallengeStore(where: string, challenges: () => ChallengeStore): void {
  describe(`challenges ${where}`, () => {
    const open = async (members?: Partial<NewChallenge>) => (await challenges().open(newChallenge(members))).id;
    const sent = async (id: string, send = 1, expiresAt = at(900)) => challenges().markSent(id, send, expiresAt);
    const use = (id: string) => challenges().spend(id, right, at(1));

    test('a challenge is opened queued, unused, and good until it is purged', async () => {
      const given = newChallenge();
      expect(await challenges().open(given)).toEqual({
        ...given,
        delivery: 'queued',
        attempts: 0,
        sends: 1,
        sendsAccepted: 0,
        lastSendAskedAt: at(0),
        expiresAt: at(1_500),
        usedAt: null,
      });
    });

    test('a challenge is opened once: opening it again returns the first, whatever is given', async () => {
      const given = newChallenge();
      await challenges().open(given);
      const again = await challenges().open({ ...given, codeDigest: 'other', envelope: 'other', purgeAt: at(9_999) });
      expect(again).toMatchObject({ codeDigest: 'right', envelope: 'sealed', purgeAt: at(1_500) });
      await challenges().spend(given.id, right, at(1));
      expect(await challenges().open(given)).toMatchObject({ usedAt: at(1) });
    });

    test('fifty workers that open one challenge in one moment all get the same', async () => {
      const given = newChallenge();
      const opened = await times(50, (index) => challenges().open({ ...given, codeDigest: `right-${index}` }));
      expect(new Set(opened.map(({ codeDigest }) => codeDigest)).size).toBe(1);
    });

    test('of 200 right codes in one moment exactly one finds it live', async () => {
      const id = await open();
      const before = await times(200, () => challenges().spend(id, right, at(1)));
      expect(before.filter((challenge) => challenge?.usedAt === null)).toHaveLength(1);
      expect(await challenges().find(id)).toMatchObject({ usedAt: at(1), attempts: 1 });
    });

    test('of 200 wrong codes in one moment five are counted', async () => {
      const id = await open();
      const before = await times(200, () => challenges().spend(id, wrong, at(1)));
      expect(before.map((challenge) => challenge?.attempts).filter((attempts) => (attempts ?? 0) < 5)).toHaveLength(5);
      expect(await challenges().find(id)).toMatchObject({ usedAt: null, attempts: 5 });
      await challenges().spend(id, right, at(2));
      expect(await challenges().find(id)).toMatchObject({ usedAt: null, attempts: 5 });
    });

    test('of right and wrong codes in one moment at most one gets in and at most five are counted', async () => {
      const id = await open();
      const before = await times(100, (index) => challenges().spend(id, index % 2 ? right : wrong, at(1)));
      const { usedAt, attempts } = (await challenges().find(id)) ?? {};
      expect(attempts).toBeLessThanOrEqual(5);
      const winners = before.filter((was, index) => index % 2 && was && !was.usedAt && was.attempts < 5);
      expect(winners).toHaveLength(usedAt ? 1 : 0);
    });

    test('a spent code takes the envelope with it, and its digest may be any of several', async () => {
      const id = await open();
      expect(await challenges().spend(id, ['new-key', ...right], at(1))).toMatchObject({ envelope: 'sealed', usedAt: null });
      expect(await challenges().find(id)).not.toHaveProperty('envelope');
    });

    test('an expired challenge is expired, whatever the sweeper has done: nothing counts and nothing opens it', async () => {
      const id = await open();
      await sent(id);
      for (const now of [at(900), at(5_000)]) {
        expect(await challenges().spend(id, right, now)).toMatchObject({ usedAt: null, attempts: 0 });
        expect(await challenges().consume(id, right, now)).toBe(false);
      }
      expect(await challenges().find(id)).toMatchObject({ usedAt: null, attempts: 0, envelope: 'sealed' });
    });

    test('what is not there is not spent, and stays not there', async () => {
      expect(await challenges().spend('nowhere', right, at(1))).toBeUndefined();
      expect(await challenges().find('nowhere')).toBeUndefined();
      expect(await challenges().consume('nowhere', right, at(1))).toBe(false);
      await sent('nowhere');
      expect(await challenges().find('nowhere')).toBeUndefined();
    });

    test('the first acceptance fixes the expiry; no later or repeated one moves it', async () => {
      const id = await open();
      await sent(id, 1, at(900));
      expect(await challenges().find(id)).toMatchObject({ delivery: 'sent', sendsAccepted: 1, expiresAt: at(900) });
      await sent(id, 1, at(1_000));
      await sent(id, 3, at(1_100));
      await sent(id, 2, at(800));
      expect(await challenges().find(id)).toMatchObject({ sendsAccepted: 3, expiresAt: at(900) });
    });

    test('what is not accepted is told, but never over an acceptance of the same mail or a later one', async () => {
      const id = await open();
      await challenges().markUndelivered(id, 1, 'delayed');
      expect(await challenges().find(id)).toMatchObject({ delivery: 'delayed', sendsAccepted: 0 });
      await challenges().markUndelivered(id, 1, 'refused');
      expect(await challenges().find(id)).toMatchObject({ delivery: 'refused' });
      await sent(id, 2);
      for (const send of [1, 2]) await challenges().markUndelivered(id, send, 'refused');
      expect(await challenges().find(id)).toMatchObject({ delivery: 'sent' });
      await challenges().markUndelivered(id, 3, 'delayed');
      expect(await challenges().find(id)).toMatchObject({ delivery: 'delayed', sendsAccepted: 2 });
    });

    test('of 50 that consume a challenge in one moment one does, and no attempt is counted', async () => {
      const id = await open();
      expect(await challenges().consume(id, wrong, at(1))).toBe(false);
      const consumed = await times(50, () => challenges().consume(id, right, at(1)));
      expect(consumed.filter(Boolean)).toHaveLength(1);
      const found = await challenges().find(id);
      expect(found).toMatchObject({ usedAt: at(1), attempts: 0 });
      expect(found).not.toHaveProperty('envelope');
    });

    test('an exhausted challenge is not consumed', async () => {
      const id = await open();
      await times(5, () => challenges().spend(id, wrong, at(1)));
      expect(await challenges().consume(id, right, at(2))).toBe(false);
    });

    test('the live challenges of an address are the newest first, of this site, unused, unexpired, not exhausted', async () => {
      const addressDigest = `address-of-${where}`;
      const ids = [];
      for (let second = 0; second < 6; second += 1) ids.push(await open({ addressDigest, issuedAt: at(second) }));
      const [exhausted = '', expired = '', used = '', ...good] = ids;
      await open({ addressDigest, site: 'other' });
      await times(5, () => challenges().spend(exhausted, wrong, at(1)));
      await sent(expired, 1, at(10));
      await use(used);
      const live = async (limit: number) => (await challenges().live('default', addressDigest, at(10), limit)).map(({ id }) => id);
      expect(await live(5)).toEqual(good.toReversed());
      expect(await live(2)).toEqual(good.toReversed().slice(0, 2));
    });

    test('of 20 that take the next send in one moment one gets it', async () => {
      const id = await open();
      await sent(id);
      const taken = (await times(20, () => challenges().takeSend(id, 1, at(70)))).filter(Boolean);
      expect(taken).toHaveLength(1);
      expect(taken[0]).toMatchObject({ sends: 2, sendsAccepted: 1, lastSendAskedAt: at(70), delivery: 'queued', expiresAt: at(900) });
    });

    test('no send is taken of a used or expired challenge', async () => {
      const [used, expired] = [await open(), await open()];
      await use(used);
      await sent(expired);
      expect(await challenges().takeSend(used, 1, at(10))).toBeUndefined();
      expect(await challenges().takeSend(expired, 1, at(900))).toBeUndefined();
      expect(await challenges().find(expired)).toMatchObject({ sends: 1, delivery: 'sent' });
    });
  });
}
