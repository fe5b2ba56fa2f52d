import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSystem, type System } from '../support/system.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ apis: 2, workers: 1 });
});
afterAll(() => system?.stop());

/** A visitor with a code in the inbox, whose mail is known to be accepted. */
async function invited(): Promise<{ visitor: Visitor; id: string; code: string }> {
  const visitor = system.visitor();
  const id = await visitor.ask();
  const code = await visitor.code();
  await expect.poll(async () => (await visitor.get(`/v1/codes/${id}`)).body['delivery']).toBe('sent');
  return { visitor, id, code };
}

function tally(answers: Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = `${status} ${status === 200 ? 'granted' : String(body['code'])}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** 200 at the same moment, half of them by either API process, from eight networks: one may type 60 codes. */
function all200(send: (visitor: Visitor, index: number) => Promise<Answer>): Promise<Answer[]> {
  const visitors = Array.from({ length: 8 }, (_, index) => system.visitor(index % 2));
  const tries = Array.from({ length: 25 }, (_, round) => visitors.map((visitor, index) => send(visitor, round * 8 + index)));
  return Promise.all(tries.flat());
}

const challenges = () => system.mongo.collection<{ _id: string; attempts: number; expiresAt: Date; addressDigest: string; envelope: string }>('challenges');

/** A code that is certainly not the one given. */
const wrongFor = (code: string) => (code === 'AAAA-AAAA' ? 'BBBB-BBBB' : 'AAAA-AAAA');

describe('verifying by challenge id', () => {
  test('200 parallel right codes: exactly one is accepted', async () => {
    const { id, code } = await invited();
    const answers = await all200((visitor) => visitor.verify(id, code));
    expect(tally(answers)).toEqual({ '200 granted': 1, '409 code_used': 199 });
  });

  test('200 parallel wrong codes: exactly five are compared', async () => {
    const { visitor, id, code } = await invited();
    const answers = await all200((other) => other.verify(id, wrongFor(code)));
    expect(tally(answers)).toEqual({ '422 code_rejected': 5, '410 code_exhausted': 195 });
    const attemptsLeft = answers.filter(({ status }) => status === 422).map(({ body }) => Number(body['attemptsLeft']));
    expect(attemptsLeft.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    expect((await challenges().findOne({ _id: id }))?.attempts).toBe(5);
    expect((await visitor.verify(id, code)).body).toMatchObject({ status: 410, code: 'code_exhausted' });
  });

  test('a used code is told as used, also when it is wrong or late', async () => {
    const { visitor, id, code } = await invited();
    await visitor.verify(id, code);
    await challenges().updateOne({ _id: id }, { $set: { expiresAt: new Date(0) } });
    expect((await visitor.verify(id, wrongFor(code))).body).toMatchObject({ status: 409, code: 'code_used' });
  });

  test('an expired code does not work although nobody has swept it', async () => {
    const { visitor, id, code } = await invited();
    await challenges().updateOne({ _id: id }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    expect((await visitor.verify(id, code)).body).toMatchObject({ status: 410, code: 'code_expired' });
    expect((await challenges().findOne({ _id: id }))?.attempts).toBe(0);
  });

  test('a wrong code says how many more there may be', async () => {
    const { visitor, id, code } = await invited();
    expect((await visitor.verify(id, wrongFor(code))).body).toMatchObject({
      type: 'http://localhost:3000/problems/code_rejected',
      status: 422,
      code: 'code_rejected',
      attemptsLeft: 4,
    });
    expect((await visitor.verify(id, code)).status).toBe(200);
  });

  test('an id that was not made here is unknown, whatever one character of it was changed', async () => {
    const { visitor, id, code } = await invited();
    const forged = id.startsWith('A') ? `B${id.slice(1)}` : `A${id.slice(1)}`;
    for (const unknown of [forged, id.slice(1), `${id}A`, 'x', 'verify%00']) {
      expect((await visitor.verify(unknown, code)).body).toMatchObject({ status: 404, code: 'challenge_unknown' });
    }
    expect((await visitor.get(`/v1/codes/${forged}`)).status).toBe(404);
    expect((await visitor.verify(id, code)).status).toBe(200);
  });
});

describe('whoever can write to the database', () => {
  test("does not get in as another visitor with that visitor's digest", async () => {
    const victim = await invited();
    const thief = await invited();
    const { addressDigest = '' } = (await challenges().findOne({ _id: victim.id })) ?? {};
    await challenges().updateOne({ _id: thief.id }, { $set: { addressDigest } });
    expect((await thief.visitor.verify(thief.id, thief.code)).body).toMatchObject({ code: 'code_rejected' });
  });

  test("does not get in with another visitor's envelope either", async () => {
    const victim = await invited();
    const thief = await invited();
    const { addressDigest = '', envelope = '' } = (await challenges().findOne({ _id: victim.id })) ?? {};
    await challenges().updateOne({ _id: thief.id }, { $set: { addressDigest, envelope } });
    expect((await thief.visitor.verify(thief.id, thief.code)).body).toMatchObject({ code: 'code_rejected' });
  });
});

describe('verifying by address and code', () => {
  test('has a budget of ten guesses a day and leaves the attempts of the challenge alone', async () => {
    const { visitor, id, code } = await invited();
    const guess = () => visitor.post('/v1/codes/verify', { email: visitor.email, code: wrongFor(code) });
    const answers: Answer[] = [];
    for (let guesses = 0; guesses < 11; guesses += 1) answers.push(await guess());
    expect(tally(answers)).toEqual({ '422 code_rejected': 10, '429 too_many_requests': 1 });
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(86_000);

    expect((await visitor.get(`/v1/codes/${id}`)).body).toMatchObject({ attemptsLeft: 5 });
    expect((await visitor.verify(id, code)).status).toBe(200);
  });

  test('200 parallel right codes: at most ten are looked at, exactly one is accepted', async () => {
    const { visitor, code } = await invited();
    const answers = await all200((other) => other.post('/v1/codes/verify', { email: visitor.email, code }));
    expect(tally(answers)).toEqual({ '200 granted': 1, '422 code_rejected': 9, '429 too_many_requests': 190 });
  });

  test('says no more about an address without a code than about a wrong code', async () => {
    const { visitor, code } = await invited();
    const wrong = await visitor.post('/v1/codes/verify', { email: visitor.email, code: wrongFor(code) });
    const stranger = await visitor.post('/v1/codes/verify', { email: 'nobody@example.com', code });
    const noAddress = await visitor.post('/v1/codes/verify', { email: 'no address', code });
    expect(stranger.body).toEqual(wrong.body);
    expect(noAddress.body).toEqual(wrong.body);
  });
});

describe('asking again', () => {
  const forgetLimits = async () => {
    const keys = await system.redis.keys('{daypass}:limit:*');
    if (keys.length > 0) await system.redis.del(...keys);
  };

  test('a second request for the same address within a minute is refused and says when', async () => {
    const { visitor } = await invited();
    const again = await visitor.post('/v1/codes', { email: visitor.email });
    expect(again.body).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(again.body['retryAfter']).toBe(Number(again.headers.get('retry-after')));
    expect(again.body['retryAfter']).toBeGreaterThan(50);
  });

  test('a resend mails the same code, three mails in all', async () => {
    const { visitor, id, code } = await invited();
    expect((await visitor.post(`/v1/codes/${id}/resend`)).body).toMatchObject({ code: 'too_many_requests' });

    for (const send of [2, 3]) {
      await expect.poll(async () => (await visitor.get(`/v1/codes/${id}`)).body['delivery']).toBe('sent');
      await forgetLimits();
      expect((await visitor.post(`/v1/codes/${id}/resend`)).body).toMatchObject({ id });
      const mail = await system.catcher.waitForMail((caught) => caught.messageId.startsWith(`<${id}.${send}.`), 10_000);
      expect(mail.text).toContain(code);
    }
    await expect.poll(async () => (await visitor.get(`/v1/codes/${id}`)).body['delivery']).toBe('sent');
    await forgetLimits();
    expect((await visitor.post(`/v1/codes/${id}/resend`)).body).toMatchObject({ status: 429 });
    expect((await visitor.verify(id, code)).status).toBe(200);
    expect((await visitor.post(`/v1/codes/${id}/resend`)).body).toMatchObject({ code: 'code_used' });
  });

  test('twenty resends at the same moment are one mail', async () => {
    const { visitor, id } = await invited();
    await forgetLimits();
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.post(`/v1/codes/${id}/resend`)));
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    await system.catcher.waitForMail((caught) => caught.messageId.startsWith(`<${id}.2.`), 10_000);
    expect(system.catcher.mails().filter((mail) => mail.envelope.to.includes(visitor.email))).toHaveLength(2);
  });
});
