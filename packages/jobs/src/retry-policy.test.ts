import { describe, expect, test } from 'vitest';
import { codeIssue } from './code-issue.ts';
import { retryDelayMs } from './retry-policy.ts';

const policy = { attempts: 10, firstDelayMs: 1_000, maxDelayMs: 15_000 };
const almostOne = 1 - Number.EPSILON;

describe('the delay before a retry', () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 15_000],
    [6, 15_000],
    [120, 15_000],
    [5_000, 15_000], // 2 to that power is no finite number.
  ])('after failure %i lies between half of %i ms and all of it', (attemptsMade, full) => {
    expect(retryDelayMs(policy, attemptsMade, 0)).toBe(full / 2);
    expect(retryDelayMs(policy, attemptsMade, 0.5)).toBe(full * 0.75);
    expect(retryDelayMs(policy, attemptsMade, almostOne)).toBe(full);
  });

  test('is a whole number of milliseconds, as Redis wants it', () => {
    for (let step = 0; step < 100; step += 1) {
      expect(Number.isInteger(retryDelayMs({ ...policy, firstDelayMs: 333 }, 1, step / 100))).toBe(true);
    }
  });
});

test('the retries of a code mail outlast the longest patience of a site, half an hour, however the dice fall', () => {
  let total = 0;
  for (let failure = 1; failure < codeIssue.retry.attempts; failure += 1) total += retryDelayMs(codeIssue.retry, failure, 0);
  expect(total).toBeGreaterThan(30 * 60_000);
});
