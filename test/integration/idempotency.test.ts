import { createBeginOnce } from '@daypass/runtime/once';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSystem, type System } from '../support/system.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ apis: 2 });
});
afterAll(() => system?.stop());

const ask = (visitor: Visitor, key: string, members: object = {}) =>
  visitor.post('/v1/codes', { email: visitor.email, ...members }, { 'idempotency-key': key });
const said = ({ status, text, headers }: Answer) => ({ status, text, location: headers.get('location') });
const mailsTo = ({ email }: Visitor) => system.catcher.mails().filter(({ envelope }) => envelope.to.includes(email));

describe('a request under an Idempotency-Key', () => {
  test('made again, at another process, gets the same answer, and costs nothing', async () => {
    const visitor = system.visitor(0);
    const first = await ask(visitor, 'try-1');
    expect(first.status).toBe(202);
    await visitor.mail();
    // Without the key it is one too many within a minute.
    expect((await visitor.post('/v1/codes', { email: visitor.email })).status).toBe(429);

    const elsewhere = { ...system.visitor(1), email: visitor.email };
    for (const again of [visitor, elsewhere, visitor]) expect(said(await ask(again, 'try-1'))).toEqual(said(first));
    expect(mailsTo(visitor)).toHaveLength(1);
  });

  test('is refused when it is another request, and when it is the same without the key it is a new one', async () => {
    const visitor = system.visitor();
    await ask(visitor, 'try-2');
    expect(await ask(visitor, 'try-2', { locale: 'de' })).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    expect((await ask(visitor, 'try-3')).status).toBe(429);
  });

  test('is nothing to do with the same key for another address', async () => {
    const [one, other] = [system.visitor(), system.visitor()];
    const ids = await Promise.all([one, other].map(async (visitor) => (await ask(visitor, 'shared')).body['id']));
    expect(new Set(ids).size).toBe(2);
  });

  test('made twenty times at the same moment is taken once, and all get its answer', async () => {
    const visitor = system.visitor(0);
    const elsewhere = { ...system.visitor(1), email: visitor.email };
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2 ? visitor : elsewhere, 'storm')));
    expect(answers[0]?.status).toBe(202);
    expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    await visitor.mail();
    expect(mailsTo(visitor)).toHaveLength(1);
  });

  test('that is refused is not remembered', async () => {
    const visitor = system.visitor();
    expect((await ask(visitor, 'try-4', { email: 'nobody' })).status).toBe(422);
    expect((await ask(visitor, 'try-4')).status).toBe(202);
    expect((await ask(visitor, 'try-5')).status).toBe(429);
    expect((await ask(visitor, 'try-5')).status).toBe(429);
  });

  test.each(['', 'x'.repeat(65), 'a b', 'ä'.normalize('NFC'), 'a\tb'])('under %j is malformed', async (key) => {
    expect((await ask(system.visitor(), key)).body).toMatchObject({ status: 400, code: 'malformed_request' });
  });

  test('leaves nothing readable behind, and for no longer than a quarter of an hour', async () => {
    const visitor = system.visitor();
    const id = String((await ask(visitor, 'my-own-key')).body['id']);
    const keys = await system.redis.keys('{daypass}:once:*');
    const kept = await Promise.all(keys.map(async (key) => ({ key, value: await system.redis.get(key), ms: await system.redis.pttl(key) })));
    const mine = kept.filter(({ value }) => value?.includes(id));
    expect(mine).toEqual([
      {
        key: expect.stringMatching(/^\{daypass\}:once:[\w-]{43}$/),
        value: expect.stringMatching(new RegExp(`^[\\w-]{43}\\.${id}\\.900\\.60\\.8\\.alphanumeric$`)),
        ms: expect.any(Number),
      },
    ]);
    expect(kept.every(({ ms }) => ms > 0 && ms <= 900_000)).toBe(true);
    expect(JSON.stringify(kept)).not.toMatch(/my-own-key|example|try-1/);
  });
});

describe('of those who do the same under one name', () => {
  const beginning = (name: string, fingerprint = 'f') => createBeginOnce(system.redis)(name, fingerprint);

  test('the second waits for the first, and gets its answer', async () => {
    const first = await beginning('waits');
    const second = beginning('waits');
    if (first.state !== 'first') throw new Error('it was not the first');
    await first.remember('a.b.c');
    expect(await second).toEqual({ state: 'answered', answer: 'a.b.c' });
    expect(await beginning('waits', 'g')).toEqual({ state: 'mismatch' });
  });

  test('the second takes the place of a first that gives up', async () => {
    const first = await beginning('takes over');
    const second = beginning('takes over');
    if (first.state !== 'first') throw new Error('it was not the first');
    await first.forget();
    expect((await second).state).toBe('first');
  });

  test('the second is told to come back when the first does not end, and a first that died is forgotten', async () => {
    await beginning('never ends');
    await expect(beginning('never ends')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await system.redis.pttl('{daypass}:once:never ends')).toBeLessThanOrEqual(10_000);
  });
});
