import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { builtInSite } from '@daypass/core/sites/site';
import { describe, expect, test } from 'vitest';
import { handOverInOrder } from './in-order.ts';

const mail: CodeMail = {
  id: 'challenge',
  send: 1,
  site: builtInSite([]),
  issuedAt: new Date(0),
  envelope: { address: 'ada@example.com', code: '7Q4MZ0XK' },
};

/** Hands one mail to transports that answer so, and tells which were asked. */
async function handOver(...answers: Handover[]) {
  const asked: number[] = [];
  const told: string[] = [];
  const transports = answers.map((answer, index) => ({
    async handOver(given: CodeMail) {
      expect(given).toBe(mail);
      asked.push(index + 1);
      return answer;
    },
    close: () => undefined,
  }));
  const handover = await handOverInOrder(transports, (transport, result) => told.push(`${transport} ${result}`))(mail);
  return { handover, asked, told };
}

const accepted: Handover = { accepted: true };
const down: Handover = { accepted: false, permanent: false, reason: 'transport_esocket' };
const downToo: Handover = { accepted: false, permanent: false, reason: 'transport_etimedout' };
const greylisted: Handover = { accepted: false, permanent: false, reason: 'smtp_451' };
const refused: Handover = { accepted: false, permanent: true, reason: 'smtp_550' };

describe('several transports', () => {
  test('the first that accepts is the only one that is asked', async () => {
    expect(await handOver(accepted, accepted)).toMatchObject({ handover: accepted, asked: [1] });
  });

  test('the next is asked when one has trouble of its own', async () => {
    expect(await handOver(down, downToo, accepted)).toMatchObject({ handover: accepted, asked: [1, 2, 3] });
  });

  test.each([greylisted, refused])('none is asked after one that has judged the mail: %j', async (verdict) => {
    expect(await handOver(verdict, accepted)).toMatchObject({ handover: verdict, asked: [1] });
    expect(await handOver(down, verdict, accepted)).toMatchObject({ handover: verdict, asked: [1, 2] });
  });

  test('all of them in trouble is trouble that may pass, named by the last', async () => {
    expect(await handOver(down, downToo)).toMatchObject({ handover: downToo, asked: [1, 2] });
  });

  test('each try is told, by place and result', async () => {
    expect((await handOver(down, accepted)).told).toEqual(['1 transport_esocket', '2 accepted']);
  });
});

test('without any transport a mail waits', async () => {
  expect((await handOver()).handover).toEqual({ accepted: false, permanent: false, reason: 'transport_none' });
});
