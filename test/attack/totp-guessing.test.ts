import { expect, test } from 'vitest';
import { startSystem, type System } from '../support/system.ts';
import { phoneOf, untilStepHasRoom } from '../support/totp.ts';

const guesses = process.env['ATTACK'] === 'full' ? 10_000 : 1_000;
const digits = (guess: number) => String(guess).padStart(6, '0');
/** What is printed is for people who read the run. */
const say = (line: string) => process.stdout.write(`  ${line}\n`);

test(`${guesses} guesses at one enrolment, from as many networks, by two processes, within a pause: five are compared`, async () => {
  const system: System = await startSystem({ apis: 2, workers: 0 });
  try {
    await untilStepHasRoom();
    const owner = system.visitor();
    const { body } = await owner.post('/v1/totp', {});
    const phone = phoneOf({ id: String(body['id']), uri: '', secret: String(body['secret']) }, { algorithm: 'SHA1', digits: 6 });
    const path = `/v1/totp/${phone.id}`;
    expect((await owner.post(`${path}/confirm`, { code: phone.code(new Date()) })).status).toBe(200);

    const counts: Record<string, number> = {};
    for (let next = 0; next < guesses; next += 100) {
      const batch = Array.from({ length: 100 }, (_, index) => system.visitor(index % 2).post(`${path}/verify`, { code: digits(next + index) }));
      for (const answer of await Promise.all(batch)) counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    }
    say(`${guesses} guesses: ${counts[422] ?? 0} compared, ${counts[429] ?? 0} not, ${counts[200] ?? 0} right`);
    expect(counts[200]).toBeUndefined();
    expect(counts[422]).toBeLessThanOrEqual(5); // A busy machine may have said 503 of one that it compared.
    const [left] = await system.mongo.collection<{ _id: string }>('enrolments').find({ _id: phone.id }).toArray();
    expect(left).toMatchObject({ failures: 5, wrongCodes: 5 });
  } finally {
    await system.stop();
  }
}, 180_000);
