import type { Refusal } from '@daypass/core/errors';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { expect, test } from 'vitest';
import { at } from '../support/domain.ts';
import { createTotpDomain, enrol, enrolAndConfirm, openTestStore, wrongTotpCode } from '../support/totp.ts';

/** RFC 6238 §5.2 with one step to either side: three of a million codes are right at any moment. */
const oddsOfOne = 3 / 1e6;

/** What is printed is for people who read the run. */
const say = (line: string) => process.stdout.write(`  ${line}\n`);

test('a right code that comes at the same moment as hundreds of wrong ones, and last, is not compared any more', async () => {
  const opened = await openTestStore();
  try {
    const domain = createTotpDomain(opened.store);
    const verify = createVerifyTotp(domain);
    const enrolled = await enrolAndConfirm(domain);
    domain.time = at(60);
    const wrong = wrongTotpCode(enrolled, domain.time);
    const typed = [...Array.from({ length: 400 }, () => wrong), enrolled.code(domain.time)];
    const answers = await Promise.all(typed.map((code) => verify({ id: enrolled.id, code, ip: '192.0.2.1' })));
    const rejected = answers.filter((answer) => !answer.ok && answer.code === 'code_rejected').length;
    const right = answers.filter(({ ok }) => ok).length;
    say(`${typed.length} codes at the same moment, the last of them right: ${rejected} compared, ${right} right`);
    expect({ rejected, right }).toEqual({ rejected: 5, right: 0 });
  } finally {
    await opened.close();
  }
});

test('guesses that go on for the life of an enrolment: a hundred are compared, three hundred if its holder keeps getting in', async () => {
  const opened = await openTestStore();
  try {
    const domain = createTotpDomain(opened.store);
    const verify = createVerifyTotp(domain);
    const guessFor = async (id: string, code: string): Promise<Refusal | undefined> => {
      const answer = await verify({ id, code, ip: '192.0.2.1' });
      return answer.ok ? undefined : answer;
    };

    const alone = await enrolAndConfirm(domain);
    let compared = 0;
    for (;;) {
      // Whoever guesses waits for no longer than they are told to.
      const answer = await guessFor(alone.id, wrongTotpCode(alone, domain.time));
      if (answer?.code === 'totp_ended') break;
      if (answer?.code === 'code_rejected') compared += 1;
      domain.time = new Date(domain.time.getTime() + (answer?.retryAfterSeconds ?? 0) * 1000);
    }
    const days = (domain.time.getTime() - at(0).getTime()) / 86_400_000;
    say(`as many guesses as are allowed: ${compared} compared in ${days.toFixed(1)} days; the odds of one right are ${(compared * oddsOfOne).toExponential(1)}`);
    expect(compared).toBe(100);

    domain.time = at(0);
    const busy = await enrolAndConfirm(domain);
    compared = 0;
    let visits = 0;
    // Its holder gets in once an hour, and somebody else guesses in between.
    for (let hour = 1; hour < 24 * 90; hour += 1) {
      domain.time = at(hour * 3_600);
      if ((await verify({ id: busy.id, code: busy.code(domain.time), ip: '192.0.2.1' })).ok) visits += 1;
      for (let guess = 0; guess < 4; guess += 1) {
        if ((await guessFor(busy.id, wrongTotpCode(busy, domain.time)))?.code === 'code_rejected') compared += 1;
      }
      if ((await opened.store.enrolments.find(busy.id))?.endedAt) break;
    }
    say(`with ${visits} visits of its holder in between: ${compared} compared; the odds are ${(compared * oddsOfOne).toExponential(1)}`);
    expect(compared).toBe(300);

    const pending = await enrol(domain);
    const confirm = createConfirmTotp(domain);
    let tried = 0;
    for (let guess = 0; guess < 50; guess += 1) {
      const answer = await confirm({ id: pending.id, code: wrongTotpCode(pending, domain.time), ip: '192.0.2.1' });
      if (!answer.ok && answer.code === 'code_rejected') tried += 1;
    }
    expect(tried).toBe(5);
  } finally {
    await opened.close();
  }
}, 180_000);

