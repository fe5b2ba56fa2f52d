import { expect, test } from 'vitest';
import { maxFailures, pauseMsAfter } from './throttle.ts';

test('each fifth wrong code in a row brings a pause twice as long as the one before, up to a day', () => {
  const minutes = Array.from({ length: maxFailures + 1 }, (_, failures) => pauseMsAfter(failures) / 60_000);
  const pauses = minutes.filter((pause) => pause > 0);
  expect(pauses.slice(0, 9)).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
  expect(pauses).toHaveLength(maxFailures / 5);
  expect(pauses.slice(9).every((pause) => pause === 1440)).toBe(true);
  expect(minutes.slice(1, 5)).toEqual([0, 0, 0, 0]);
});
