import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { times } from '../support/challenge-contract.ts';
import { at } from '../support/domain.ts';
import { createTotpDomain, enrol, enrolAndConfirm, openTestStore, refusal, told, wrongTotpCode, type Phone, type TotpDomain } from '../support/totp.ts';

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

const verify = ({ id }: Pick<Phone, 'id'>, code: string) => told(createVerifyTotp(domain)({ id, code, ip }));
const confirm = ({ id }: Pick<Phone, 'id'>, code: string) => told(createConfirmTotp(domain)({ id, code, ip }));
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
    const [left] = await opened.raw.collection<{ _id: string }>('enrolments').find({ _id: phone.id }).toArray();
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

describe('an enrolment that was edited in the database gives nobody a pass of somebody else', () => {
  const set = (_id: string, members: object) => opened.raw.collection<{ _id: string }>('enrolments').updateOne({ _id }, { $set: members });
  const getIn = async (edit: (id: string) => Promise<unknown>) => {
    const phone = await enrolAndConfirm(domain);
    await edit(phone.id);
    domain.time = at(300);
    const answer = await verify(phone, phone.code(domain.time));
    return { ...phone, answer };
  };

  test.each<[string, () => Promise<object>]>([
    ['another site', async () => ({ site: 'other' })],
    ['another time of making', async () => ({ createdAt: at(1) })],
    ['the seal of another', async () => ({ sealed: (await opened.store.enrolments.find((await enrol(domain)).id))?.sealed })],
    ['what is no seal', async () => ({ sealed: 'AAAA' })],
  ])('%s', async (_what, members) => {
    await expect(getIn(async (id) => set(id, await members()))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('the holder of another: whose it is stands in the seal, the digest beside it only finds', async () => {
    const { answer, subject } = await getIn((id) => set(id, { holderDigest: 'victim' }));
    expect(answer).toMatchObject({ ok: true, subject });
  });
});
