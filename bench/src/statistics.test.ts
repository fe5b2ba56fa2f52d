import { expect, test } from 'vitest';
import { standingOf } from './row.ts';
import { quantile, spreadOf } from './statistics.ts';

test('a spread is the median, the lowest and the highest, in whatever order they came', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, min: 1, max: 5 });
  expect(spreadOf([2, 1])).toEqual({ median: 1.5, min: 1, max: 2 });
});

test('a quantile lies between the values beside it', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});

test('a ratio stands to its goal by the direction that is better', () => {
  const higher = { better: 'higher', toReach: 0.7, toAimFor: 0.9 } as const;
  expect([0.69, 0.7, 0.9].map((ratio) => standingOf(higher, ratio))).toEqual(['missed', 'reached', 'aimed for']);
  const lower = { better: 'lower', toReach: 1.1 } as const;
  expect([1.11, 1.1, 1].map((ratio) => standingOf(lower, ratio))).toEqual(['missed', 'reached', 'reached']);
});
