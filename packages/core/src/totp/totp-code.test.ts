import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../test/support/domain.ts';
import { agreedSkewSeconds, findStray, hotp, matchStep, readTotpCode, stepAt, type TotpKey } from './totp-code.ts';

const key: TotpKey = { secret: randomBytes(20), algorithm: 'SHA1', digits: 8 };
const now = at(15);
const step = stepAt(now);
const fresh = { lastStep: -1, burntSteps: [] as number[] };

describe('a code', () => {
  test('is right for the step of the present, the one before and the one after', () => {
    const matched = [-3, -2, -1, 0, 1, 2, 3].map((off) => matchStep(key, hotp(key, step + off), now));
    expect(matched).toEqual([undefined, undefined, step - 1, step, step + 1, undefined, undefined]);
  });

  test('that happens to be right for two steps stands for the later one, so that it works once', () => {
    const short: TotpKey = { secret: Buffer.from('12345678901234567890'), algorithm: 'SHA1', digits: 6 };
    const counter = 910_737; // The first of its secret with the same code as the next one.
    expect([hotp(short, counter), hotp(short, counter + 1)]).toEqual(['911617', '911617']);
    for (const presentStep of [counter, counter + 1]) {
      expect(matchStep(short, '911617', new Date(presentStep * 30_000))).toBe(counter + 1);
    }
  });

  test('of the first step of all is right, and nothing before it is looked at', () => {
    expect(matchStep(key, hotp(key, 0), new Date(0))).toBe(0);
    expect(findStray(key, hotp(key, 0), new Date(0), fresh)).toBeUndefined();
  });

  test.each([
    ['12345678', '12345678'],
    [' 1234 5678\n', '12345678'],
    ['1234-5678', '12345678'],
    ['１２３４５６７８', '12345678'],
    ['١٢٣٤٥٦٧٨', '12345678'],
    ['1234567', undefined],
    ['123456789', undefined],
    ['1234567x', undefined],
    ['+1234567', undefined],
    ['1e345678', undefined],
    ['0x123456', undefined],
    ['', undefined],
    ['1'.repeat(65), undefined],
  ])('typed as %j is read as %j', (typed, code) => {
    expect(readTotpCode(key, typed)).toBe(code);
  });
});

describe('a wrong code', () => {
  test.each([-10, -5, -2, 2, 5, 10])('that is right %i steps off is seen to be', (drift) => {
    expect(findStray(key, hotp(key, step + drift), now, fresh)).toEqual({ step: step + drift, drift });
  });

  test.each([-12, -11, -1, 0, 1, 11, 12])('that is right %i steps off is not', (drift) => {
    expect(findStray(key, hotp(key, step + drift), now, fresh)).toBeUndefined();
  });

  test('that was accepted or burnt before is nothing new', () => {
    const code = hotp(key, step + 5);
    expect(findStray(key, code, now, { lastStep: step + 5, burntSteps: [] })).toBeUndefined();
    expect(findStray(key, code, now, { lastStep: -1, burntSteps: [step + 5] })).toBeUndefined();
  });
});

test('a clock is called wrong when two codes of consecutive steps are off by the same, give or take a step', () => {
  const before = { step: 100, drift: -4 };
  expect(agreedSkewSeconds(before, { step: 101, drift: -4 })).toBe(-120);
  expect(agreedSkewSeconds(before, { step: 101, drift: -5 })).toBe(-150);
  expect(agreedSkewSeconds(before, { step: 101, drift: -2 })).toBeUndefined();
  expect(agreedSkewSeconds(before, { step: 101, drift: 4 })).toBeUndefined();
  expect(agreedSkewSeconds(before, { step: 100, drift: -4 })).toBeUndefined();
  expect(agreedSkewSeconds(before, { step: 102, drift: -4 })).toBeUndefined();
  expect(agreedSkewSeconds(null, { step: 101, drift: -4 })).toBeUndefined();
});
