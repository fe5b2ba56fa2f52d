import { describe, expect, test } from 'vitest';
import { pauseBeforeRetry } from './retry-pause.ts';

const never = { deferred: 0, troubled: 0 };
const greylisted = { outcome: 'delayed', reason: 'smtp_451', cause: 'mail' } as const;
const down = { outcome: 'delayed', reason: 'transport_esocket', cause: 'transport' } as const;
const seconds = (verdict: { delayMs: number }) => verdict.delayMs / 1000;

describe('a mail that a server put off', () => {
  test('is tried again after 30, 90, 240, 240 s', () => {
    const pauses = [0, 1, 2, 3, 4].map((deferred) => seconds(pauseBeforeRetry(greylisted, { ...never, deferred }, 0.5)));
    expect(pauses).toEqual([30, 90, 240, 240, 240]);
  });

  test.each([0, 0.999])('passes five minutes of greylisting within ten, however the dice fall: %d', (random) => {
    const third = [0, 1, 2].reduce((sum, deferred) => sum + seconds(pauseBeforeRetry(greylisted, { ...never, deferred }, random)), 0);
    expect(third).toBeGreaterThan(300);
    expect(third).toBeLessThan(590);
  });

  test('is tried a last time shortly before it is too old', () => {
    expect(seconds(pauseBeforeRetry({ ...greylisted, secondsLeft: 100 }, { ...never, deferred: 2 }, 0.5))).toBe(90);
  });

  test('is looked at once more when it is too old, to be told as refused', () => {
    expect(seconds(pauseBeforeRetry({ ...greylisted, secondsLeft: 12 }, { ...never, deferred: 2 }, 0.5))).toBe(13);
  });

  test('is counted apart from trouble on the way', () => {
    expect(pauseBeforeRetry(greylisted, never, 0).setback).toBe('deferred');
    expect(pauseBeforeRetry(down, never, 0).setback).toBe('troubled');
    expect(pauseBeforeRetry(greylisted, { deferred: 0, troubled: 9 }, 0.5).delayMs).toBe(30_000);
  });
});

describe('a mail that met trouble on the way', () => {
  test('is tried again soon, and at most every 15 s', () => {
    const pauses = [0, 1, 2, 3, 4, 99].map((troubled) => seconds(pauseBeforeRetry(down, { ...never, troubled }, 1)));
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
  });

  test('waits for a transport to be tried again', () => {
    expect(pauseBeforeRetry({ ...down, retryAfterMs: 5_000 }, never, 0.5).delayMs).toBe(5_000);
  });
});

test('a mail whose turn it is not comes back then, and nothing is counted', () => {
  const paced = { outcome: 'delayed', reason: 'paced', cause: 'busy', retryAfterMs: 40 } as const;
  expect(pauseBeforeRetry(paced, never, 0)).toEqual({ verdict: 'later', reason: 'paced', delayMs: 40 });
});
