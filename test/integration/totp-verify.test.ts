import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { times } from '../support/challenge-contract.ts';
import { at } from '../support/domain.ts';
import { createTotpDomain, enrol, enrolAndConfirm, openTestStore, refusal, wrongTotpCode, type Phone, type TotpDomain } from '../support/totp.ts';

const ip = '192.0.2.1';
const minutes = 60;
const hours = 60 * minutes;
const days = 24 * hours;

let opened: Awaited<ReturnType<typeof openTestStore>>;
let domain: TotpDomain;
beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(() => {
  domain = createTotpDomain(opened.store);
});
afterAll(() => opened?.close());

const verify = ({ id }: Pick<Phone, 'id'>, code: string) => createVerifyTotp(domain)({ id, code, ip });
const confirm = ({ id }: Pick<Phone, 'id'>, code: string) => createConfirmTotp(domain)({ id, code, ip });
const rejected = refusal('code_rejected');
const accepted = { ok: true };
const guess = (phone: Phone) => verify(phone, wrongTotpCode(phone, domain.time));

/** Types wrong codes, and waits out each pause. */
async function fail(phone: Phone, count: number): Promise<void> {
  for (let wrong = 0; wrong < count; wrong += 1) {
    const answer = await guess(phone);
    if (!answer.ok && answer.code === 'too_many_requests') {
      domain.time = new Date(domain.time.getTime() + (answer.retryAfterSeconds ?? 0) * 1000);
      wrong -= 1;
    }
  }
}

describe('confirming', () => {
  test('takes the first code, which is used by that', async () => {
    const phone = await enrol(domain);
    const code = phone.code(domain.time);
    const confirmed = await confirm(phone, ` ${code.slice(0, 3)} ${code.slice(3)} `);
    expect(confirmed).toMatchObject({ ok: true, site: domain.site, recoveryCodes: expect.any(Array) });
    expect(await verify(phone, code)).toEqual(rejected);
    domain.time = at(30);
    expect(await verify(phone, phone.code(domain.time))).toEqual({ ok: true, site: domain.site, subject: confirmed.ok && confirmed.subject });
  });

  test('waits ten minutes and no longer; until then the app lets nobody in', async () => {
    const [one, two] = [await enrol(domain), await enrol(domain)];
    expect(await verify(one, one.code(domain.time))).toEqual(refusal('totp_unknown'));
    domain.time = new Date(at(10 * minutes).getTime() - 1);
    expect(await confirm(one, one.code(domain.time))).toMatchObject(accepted);
    domain.time = at(10 * minutes);
    expect(await confirm(two, two.code(domain.time))).toEqual(refusal('totp_unknown'));
  });

  test('is done once, by one of two at the same moment', async () => {
    const phone = await enrol(domain);
    const answers = await times(20, () => confirm(phone, phone.code(domain.time)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    domain.time = at(30);
    expect(await confirm(phone, phone.code(domain.time))).toEqual(refusal('totp_unknown'));
  });

  test('is under the throttle too', async () => {
    const phone = await enrol(domain);
    for (let wrong = 0; wrong < 5; wrong += 1) expect(await confirm(phone, wrongTotpCode(phone, domain.time))).toEqual(rejected);
    expect(await confirm(phone, phone.code(domain.time))).toMatchObject(refusal('too_many_requests', { retryAfterSeconds: 900 }));
  });
});

describe('a code', () => {
  test('works one step early and one step late, and not two', async () => {
    for (const [seconds, outcome] of [[-60, rejected], [-30, accepted], [0, accepted], [30, accepted], [60, rejected]] as const) {
      const phone = await enrolAndConfirm(domain);
      domain.time = new Date(domain.time.getTime() + 10 * minutes * 1000);
      const shown = phone.code(new Date(domain.time.getTime() + seconds * 1000));
      expect(await verify(phone, shown), `${seconds} s off`).toMatchObject(outcome);
    }
  });

  test('of the step before an accepted one is refused, and so is that one', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(300);
    expect(await verify(phone, phone.code(at(300)))).toMatchObject(accepted);
    expect(await verify(phone, phone.code(at(300)))).toEqual(rejected);
    expect(await verify(phone, phone.code(at(270)))).toEqual(rejected);
    expect(await verify(phone, phone.code(at(330)))).toMatchObject(accepted);
  });

  test('typed a hundred times at the same moment is accepted once', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(300);
    const answers = await times(100, () => verify(phone, phone.code(domain.time)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('may be typed with spaces, hyphens and digits of another script, and is a guess in any other shape', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(300);
    for (const odd of ['', '1', '12345', '1234567', 'abcdef', '!'.repeat(6), 'x'.repeat(1_000)]) {
      domain.time = new Date(domain.time.getTime() + hours * 1000);
      expect(await verify(phone, odd)).toMatchObject({ ok: false });
    }
    const code = phone.code(domain.time);
    const arabic = [...code].map((digit) => String.fromCodePoint(0x0660 + Number(digit))).join('');
    domain.time = at(days);
    expect(await verify(phone, phone.code(domain.time).replace(/^(...)/, '$1 - '))).toMatchObject(accepted);
    domain.time = at(days + 60);
    expect(await verify(phone, arabic)).toEqual(rejected);
    const now = [...phone.code(domain.time)].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    expect(await verify(phone, now)).toMatchObject(accepted);
  });

  test('of another app, or for an id that is none, is refused', async () => {
    const [one, two] = [await enrolAndConfirm(domain), await enrolAndConfirm(domain)];
    domain.time = at(300);
    expect(await verify(one, two.code(domain.time))).toEqual(rejected);
    for (const id of ['', 'x', one.id.slice(1), `${one.id}A`, one.id.toLowerCase(), '$gt', 'a'.repeat(22)]) {
      expect(await verify({ id }, one.code(domain.time))).toEqual(refusal('totp_unknown'));
    }
  });
});

describe('the throttle', () => {
  test('pauses after five wrong codes in a row, longer each time, and compares nothing in a pause', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(300);
    const pauses: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      for (let wrong = 0; wrong < 5; wrong += 1) expect(await guess(phone)).toEqual(rejected);
      const paused = await verify(phone, phone.code(domain.time));
      expect(paused).toMatchObject(refusal('too_many_requests'));
      const seconds = (!paused.ok && paused.retryAfterSeconds) || 0;
      pauses.push(seconds / minutes);
      domain.time = new Date(domain.time.getTime() + seconds * 1000 - 1);
      expect(await verify(phone, phone.code(domain.time))).toMatchObject(refusal('too_many_requests', { retryAfterSeconds: 1 }));
      domain.time = new Date(domain.time.getTime() + 1);
    }
    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
  });

  test('is over at the end of the pause, and begins anew after a right code', async () => {
    const phone = await enrolAndConfirm(domain);
    await fail(phone, 5);
    domain.time = at(15 * minutes);
    expect(await verify(phone, phone.code(domain.time))).toMatchObject(accepted);
    await fail(phone, 5);
    expect(await guess(phone)).toMatchObject(refusal('too_many_requests', { retryAfterSeconds: 900 }));
  });

  test('lets five of two hundred simultaneous wrong codes be compared', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(300);
    const answers = await times(200, () => guess(phone));
    const codes = answers.map((answer) => !answer.ok && answer.code);
    expect(codes.filter((code) => code === 'code_rejected')).toHaveLength(5);
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(195);
  });

  test('a hundred wrong codes in a row end the enrolment, and nothing of its secret is left', async () => {
    const phone = await enrolAndConfirm(domain);
    await fail(phone, 99);
    expect((await opened.store.enrolments.find(phone.id))?.endedAt).toBeNull();
    await fail(phone, 1);
    expect(await verify(phone, phone.code(domain.time))).toEqual(refusal('totp_ended'));
    const left = await opened.store.enrolments.find(phone.id);
    expect(left).toMatchObject({ failures: 100, endedAt: domain.time, recoveryDigests: [], purgeAt: new Date(domain.time.getTime() + 7 * days * 1000) });
    expect(left).not.toHaveProperty('sealed');
    expect(left).not.toHaveProperty('sealedWith');
  });

  test('three hundred wrong codes in all end it, however often its holder gets in between', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(hours);
    let wrong = 0;
    for (; wrong < 400; wrong += 1) {
      if (wrong % 4 === 0) {
        domain.time = new Date(domain.time.getTime() + 60_000);
        if (!(await verify(phone, phone.code(domain.time))).ok) break;
      }
      expect(await guess(phone)).toEqual(rejected);
    }
    expect(wrong).toBe(300);
  });
});

describe('the end', () => {
  test('comes when the site says, to the millisecond, and is told for a week', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = new Date(at(90 * days).getTime() - 1);
    expect(await verify(phone, phone.code(domain.time))).toMatchObject(accepted);
    domain.time = at(90 * days);
    expect(await verify(phone, phone.code(domain.time))).toEqual(refusal('totp_ended'));
    await opened.store.purgeEnrolments(new Date(at(97 * days).getTime() - 1), 1_000);
    expect(await verify(phone, phone.code(domain.time))).toEqual(refusal('totp_ended'));
    await opened.store.purgeEnrolments(at(97 * days), 1_000);
    expect(await verify(phone, phone.code(domain.time))).toEqual(refusal('totp_unknown'));
  });

  test('of one that was never confirmed comes with its ten minutes', async () => {
    const { id } = await enrol(domain);
    await opened.store.purgeEnrolments(new Date(at(600).getTime() - 1), 1_000);
    expect(await opened.store.enrolments.find(id)).toBeDefined();
    await opened.store.purgeEnrolments(at(600), 1_000);
    expect(await opened.store.enrolments.find(id)).toBeUndefined();
  });
});

describe("the server's clock steps back", () => {
  test('by any time: no code is accepted twice, and the app works again when that time and a step have passed', async () => {
    for (const back of [1, 29, 30, 45, 3_600]) {
      const phone = await enrolAndConfirm(domain);
      const before = domain.time.getTime() + 600_000 + 17_000;
      domain.time = new Date(before);
      const used = phone.code(domain.time);
      expect(await verify(phone, used)).toMatchObject(accepted);

      domain.time = new Date(before - back * 1000);
      expect(await verify(phone, used)).toEqual(rejected);
      // The clock is right now, so the phone shows what belongs to it.
      domain.time = new Date(before - back * 1000 + (back + 30) * 1000);
      expect(await verify(phone, used), `${back} s back`).toEqual(rejected);
      expect(await verify(phone, phone.code(domain.time)), `${back} s back`).toMatchObject(accepted);
    }
  });

  test('in a pause: the pause is longer by no more than it went back', async () => {
    const phone = await enrolAndConfirm(domain);
    domain.time = at(hours);
    await fail(phone, 5);
    domain.time = at(hours - 600);
    expect(await verify(phone, phone.code(domain.time))).toMatchObject(refusal('too_many_requests', { retryAfterSeconds: 1_500 }));
    domain.time = at(hours + 900);
    expect(await verify(phone, phone.code(domain.time))).toMatchObject(accepted);
  });
});

describe("a phone's clock that is far off", () => {
  /** What the phone shows, and what is said of it. */
  const type = (phone: Phone, offSeconds: number) => verify(phone, phone.code(new Date(domain.time.getTime() + offSeconds * 1000)));
  const wait = (seconds: number) => (domain.time = new Date(domain.time.getTime() + seconds * 1000));

  test.each([-300, -150, -60, 60, 150, 300])('by %i s is told after two codes, not after one', async (off) => {
    const phone = await enrolAndConfirm(domain);
    wait(hours);
    expect(await type(phone, off)).toEqual(rejected);
    wait(30);
    expect(await type(phone, off)).toEqual(refusal('code_rejected', { clockSkewSeconds: off }));
  });

  test('both codes are burnt: they do not work when their time comes, and the ones after them do', async () => {
    const phone = await enrolAndConfirm(domain);
    wait(hours);
    const start = domain.time.getTime();
    const early = [phone.code(new Date(start + 150_000)), phone.code(new Date(start + 180_000))];
    await type(phone, 150);
    wait(30);
    await type(phone, 150);
    domain.time = new Date(start + 150_000);
    expect(await verify(phone, early[0] ?? '')).toEqual(rejected);
    domain.time = new Date(start + 180_000);
    expect(await verify(phone, early[1] ?? '')).toEqual(rejected);
    domain.time = new Date(start + 210_000);
    expect(await type(phone, 0)).toMatchObject(accepted);
  });

  test('one code that would have been right later is burnt too', async () => {
    const phone = await enrolAndConfirm(domain);
    wait(hours);
    const early = phone.code(new Date(domain.time.getTime() + 90_000));
    expect(await verify(phone, early)).toEqual(rejected);
    wait(90);
    expect(await verify(phone, early)).toEqual(rejected);
  });

  test.each([
    ['the same code twice', [120, 90], 30],
    ['codes that are not of consecutive steps', [120, 150], 30],
    ['codes in the wrong order', [150, 90], 30],
    ['a drift beyond ten steps', [330, 330], 30],
    ['a drift that is none', [30, 30], 0],
  ])('%s tell nothing', async (_what, [first = 0, second = 0], pause) => {
    const phone = await enrolAndConfirm(domain);
    wait(hours);
    await type(phone, first);
    wait(pause);
    expect(await type(phone, second)).not.toHaveProperty('clockSkewSeconds');
  });

  test('a wrong code between the two, or a right one, and nothing is told', async () => {
    for (const between of [guess, (phone: Phone) => type(phone, 0)]) {
      const phone = await enrolAndConfirm(domain);
      wait(hours);
      await type(phone, 120);
      await between(phone);
      wait(30);
      expect(await type(phone, 120)).toEqual(rejected);
    }
  });

  test('codes that were accepted before tell nothing when they are typed again', async () => {
    const phone = await enrolAndConfirm(domain);
    wait(hours);
    const used = [await keep(phone), await keep(phone)];
    wait(120);
    expect(await verify(phone, used[0] ?? '')).toEqual(rejected);
    wait(30);
    expect(await verify(phone, used[1] ?? '')).toEqual(rejected);

    async function keep(of: Phone): Promise<string> {
      const code = of.code(domain.time);
      expect(await verify(of, code)).toMatchObject(accepted);
      wait(30);
      return code;
    }
  });
});

describe('an enrolment that was edited in the database gives nobody a pass', () => {
  test.each([
    ['the holder of another', async (id: string) => set(id, { holderDigest: 'victim' }), accepted],
    ['another site', async (id: string) => set(id, { site: 'other' }), 'unavailable'],
    ['another time of making', async (id: string) => set(id, { createdAt: at(1) }), 'unavailable'],
    ['the seal of another', async (id: string) => set(id, { sealed: (await opened.store.enrolments.find((await enrol(domain)).id))?.sealed }), 'unavailable'],
    ['what is no seal', async (id: string) => set(id, { sealed: 'AAAA' }), 'unavailable'],
  ])('%s', async (_what, edit, says) => {
    const phone = await enrolAndConfirm(domain);
    await edit(phone.id);
    domain.time = at(300);
    const answer = verify(phone, phone.code(domain.time));
    // The holder is in the seal: the digest beside it only finds.
    if (typeof says !== 'string') expect(await answer).toMatchObject({ ok: true, subject: phone.subject });
    else await expect(answer).rejects.toMatchObject({ code: says });
  });

  const set = (_id: string, members: object) => opened.raw.collection<{ _id: string }>('enrolments').updateOne({ _id }, { $set: members });
});
