import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at } from '../support/domain.ts';
import { createTotpDomain, enrolAndConfirm, openTestStore, refusal, told, wrongTotpCode, type Phone, type TotpDomain } from '../support/totp.ts';

const ip = '192.0.2.1';
const minutes = 60;
const hours = 60 * minutes;

let opened: Awaited<ReturnType<typeof openTestStore>>;
let domain: TotpDomain;
beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(() => {
  domain = createTotpDomain(opened.store);
});
afterAll(() => opened?.close());

const verify = ({ id }: Pick<Phone, 'id'>, code: string) => told(createVerifyTotp(domain)({ id, code, ip }));
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
