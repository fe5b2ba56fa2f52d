import { stepAt } from '@daypass/core/totp/totp-code';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTotpDomain, enrolAndConfirm, openTestStore, type Phone, type TotpDomain } from '../support/totp.ts';

let opened: Awaited<ReturnType<typeof openTestStore>>;
let domain: TotpDomain;
let phone: Phone;
beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(async () => {
  domain = createTotpDomain(opened.store);
  phone = await enrolAndConfirm(domain);
});
afterAll(() => opened?.close());

/** The enrolment as a verification reads it, before others come in between. */
async function read() {
  const enrolment = await domain.enrolments.find(phone.id);
  if (!enrolment) throw new Error('the enrolment is not there');
  return enrolment;
}
const nextStep = () => stepAt(domain.time) + 1;
const show = (step: number) => ({ kind: 'verify', step }) as const;
const attempt = async (enrolment: Awaited<ReturnType<typeof read>>, step?: number) =>
  (await domain.enrolments.attempt(enrolment, 'verify', step === undefined ? undefined : show(step), domain.time))?.outcome;

test('a right code is used up once, whoever read the enrolment before it was', async () => {
  const [first, second] = [await read(), await read()];
  expect(await attempt(first, nextStep())).toBe('accepted');
  expect(await attempt(second, nextStep())).toBe('rejected');
  expect(await attempt(second, nextStep() + 1)).toBe('accepted');
});

test('a right code after wrong ones that were counted since the enrolment was read: it sets the count back', async () => {
  const before = await read();
  for (let wrong = 0; wrong < 4; wrong += 1) expect(await attempt(before)).toBe('rejected');
  expect(await attempt(before, nextStep())).toBe('accepted');
  expect(await read()).toMatchObject({ failures: 0, wrongCodes: 4, stray: null });
});

test('a right code after so many wrong ones that there is a pause by now is not accepted', async () => {
  const before = await read();
  for (let wrong = 0; wrong < 5; wrong += 1) await attempt(before);
  expect(await attempt(before, nextStep())).toBe('paused');
});

test('a right code of an enrolment that was ended since it was read is not accepted', async () => {
  const before = await read();
  await domain.enrolments.end(phone.id, before.holderDigest, domain.time);
  expect(await attempt(before, nextStep())).toBe('ended');
});

test('a step that was burnt since the enrolment was read is not accepted', async () => {
  const before = await read();
  await domain.enrolments.noteStray(phone.id, { step: nextStep(), drift: 1 });
  expect(await attempt(before, nextStep())).toBe('rejected');
});

test('of right codes that come in one turn, each is used up once, whatever becomes of the others', async () => {
  const others = await Promise.all(Array.from({ length: 6 }, () => enrolAndConfirm(domain)));
  const reads = await Promise.all(others.map(async ({ id }) => domain.enrolments.find(id)));
  const [first, ended, wrong, , , last] = reads;
  if (!first || !ended || !wrong || !last) throw new Error('an enrolment is not there');
  await domain.enrolments.end(ended.id, ended.holderDigest, domain.time);
  await attempt(wrong);

  const typed = [...reads, first, last, first].map((seen) => attempt(seen ?? first, nextStep()));
  const outcomes = await Promise.all(typed);
  expect(outcomes.slice(0, 6)).toEqual(['accepted', 'ended', 'accepted', 'accepted', 'accepted', 'accepted']);
  expect(outcomes.slice(6)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('an enrolment from before there were revisions works on', async () => {
  const enrolments = opened.raw.collection<{ _id: string }>('enrolments');
  const forget = () => enrolments.updateOne({ _id: phone.id }, { $unset: { revision: 1, acceptedAs: 1 } });
  await forget();
  expect(await attempt(await read(), nextStep())).toBe('accepted');
  await forget();
  expect(await attempt(await read())).toBe('rejected');
  expect(await attempt(await read(), nextStep() + 1)).toBe('accepted');
});
