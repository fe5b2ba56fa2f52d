import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { describe, expect, test } from 'vitest';
import { sampleCodeMail as mail } from '../../../../test/support/sample-code-mail.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { handOverInOrder } from './in-order.ts';

/** Writes down what it hears. */
const listener = (told: string[]) => ({
  handedOver: (transport: string, result: string) => void told.push(`${transport} ${result}`),
  opened: (transport: string, result: string) => void told.push(`${transport} opened ${result}`),
  closed: (transport: string) => void told.push(`${transport} closed`),
});

/** Hands one mail to transports that answer so, and tells which were asked. */
async function handOver(...answers: Handover[]) {
  const asked: number[] = [];
  const told: string[] = [];
  const transports = answers.map((answer, index) => ({
    breaker: createCircuitBreaker(() => 0),
    transport: {
      async handOver(given: CodeMail) {
        expect(given).toBe(mail);
        asked.push(index + 1);
        return answer;
      },
    },
  }));
  const handover = await handOverInOrder(transports, listener(told))(mail);
  return { handover, asked, told };
}

const accepted: Handover = { accepted: true };
const down: Handover = { accepted: false, permanent: false, cause: 'transport', reason: 'transport_esocket' };
const downToo: Handover = { accepted: false, permanent: false, cause: 'transport', reason: 'transport_etimedout' };
const greylisted: Handover = { accepted: false, permanent: false, cause: 'mail', reason: 'smtp_451' };
const unconfirmed: Handover = { accepted: false, permanent: false, cause: 'unknown', reason: 'unconfirmed_esocket' };
const busy: Handover = { accepted: false, permanent: false, cause: 'busy', reason: 'paced', retryAfterMs: 40 };
const asciiOnly: Handover = { accepted: false, permanent: true, cause: 'mail', reason: 'smtputf8_not_offered' };
const refused: Handover = { accepted: false, permanent: true, cause: 'mail', reason: 'smtp_550' };

describe('several transports', () => {
  test('the first that accepts is the only one that is asked', async () => {
    expect(await handOver(accepted, accepted)).toMatchObject({ handover: accepted, asked: [1] });
  });

  test('the next is asked when one has trouble of its own', async () => {
    expect(await handOver(down, downToo, accepted)).toMatchObject({ handover: accepted, asked: [1, 2, 3] });
  });

  test.each([greylisted, refused, unconfirmed, busy])('none is asked after one that has judged the mail, may have it, or wants to wait: %j', async (verdict) => {
    expect(await handOver(verdict, accepted)).toMatchObject({ handover: verdict, asked: [1] });
    expect(await handOver(down, verdict, accepted)).toMatchObject({ handover: verdict, asked: [1, 2] });
  });

  test('all of them in trouble is trouble that may pass, named by the last', async () => {
    expect(await handOver(down, downToo)).toMatchObject({ handover: downToo, asked: [1, 2] });
  });

  test('an address that one server does not take is given to the next, and refused when it is the last', async () => {
    expect(await handOver(asciiOnly, accepted)).toMatchObject({ handover: accepted, asked: [1, 2] });
    expect(await handOver(asciiOnly, asciiOnly)).toMatchObject({ handover: asciiOnly });
    expect(await handOver(down, asciiOnly)).toMatchObject({ handover: down });
    expect(await handOver(asciiOnly, down)).toMatchObject({ handover: down });
  });

  test('each try is told, by place and result', async () => {
    expect((await handOver(down, accepted)).told).toEqual(['1 transport_esocket', '2 accepted']);
  });
});

describe('a transport that fails', () => {
  function failing(answers: { first: Handover; second: Handover }) {
    const state = { now: 0, asked: [] as number[], told: [] as string[], ...answers };
    const guarded = (which: 'first' | 'second', place: number) => ({
      breaker: createCircuitBreaker(() => state.now),
      transport: {
        async handOver() {
          state.asked.push(place);
          return state[which];
        },
      },
    });
    const send = handOverInOrder([guarded('first', 1), guarded('second', 2)], listener(state.told));
    return { state, send: () => send(mail) };
  }

  test('is not asked any more after five failures in a row, and mails go by the next at once', async () => {
    const { state, send } = failing({ first: down, second: accepted });
    for (let sent = 0; sent < 7; sent += 1) expect(await send()).toEqual(accepted);
    expect(state.asked).toEqual([...Array.from({ length: 5 }, () => [1, 2]).flat(), 2, 2]);
  });

  test('is asked by one mail after a pause, and has all of them again when that went well', async () => {
    const { state, send } = failing({ first: down, second: accepted });
    for (let sent = 0; sent < 5; sent += 1) await send();
    Object.assign(state, { now: 2_000, asked: [], first: accepted });
    await send();
    await send();
    expect(state.asked).toEqual([1, 1]);
  });

  test('is told of once when it is left alone, with what went wrong last, and once when it is used again', async () => {
    const { state, send } = failing({ first: down, second: accepted });
    const news = () => state.told.filter((line) => /opened|closed/.test(line));
    for (let sent = 0; sent < 4; sent += 1) await send();
    expect(news()).toEqual([]);
    state.first = unconfirmed;
    await send();
    expect(news()).toEqual(['1 opened unconfirmed_esocket']);
    // Each of these finds it shut for a pause that is twice as long, and then fails.
    for (const now of [2_000, 6_000, 14_000]) {
      Object.assign(state, { now, first: downToo });
      await send();
    }
    expect(news()).toEqual(['1 opened unconfirmed_esocket']);
    Object.assign(state, { now: 24_000, first: greylisted });
    await send();
    await send();
    expect(news()).toEqual(['1 opened unconfirmed_esocket', '1 closed']);
  });

  test('says until when nothing is of use, where all are shut', async () => {
    const { send } = failing({ first: down, second: down });
    for (let sent = 0; sent < 5; sent += 1) await send();
    expect(await send()).toEqual({ accepted: false, permanent: false, cause: 'transport', reason: 'transport_open', retryAfterMs: 2_000 });
  });

  test('is not shut by mails that a server refuses', async () => {
    const { state, send } = failing({ first: refused, second: accepted });
    for (let sent = 0; sent < 20; sent += 1) await send();
    expect(new Set(state.asked)).toEqual(new Set([1]));
  });
});

test('without any transport a mail waits', async () => {
  expect((await handOver()).handover).toEqual({ accepted: false, permanent: false, cause: 'transport', reason: 'transport_none' });
});
