import { expect, test } from 'vitest';
import { updateResults, type Result } from './results-file.ts';

const order = ['request', 'verify', 'worker'];

function resultOf(row: string, ratio: string, more: Partial<Result> = {}): Result {
  const cells = [row, 'a journey', 'a yardstick', '9/s', '10/s', ratio, '≥ 0.7', '≥ 0.9', 'reached'];
  return { machine: '2 × cpu', versions: 'node 24', row, cells, measured: '2026-11-22, abc', ...more };
}

const tableOf = (text: string) => text.split('\n').filter((line) => line.startsWith('| `'));

test('a row that is measured alone updates its own line and no other', () => {
  const before = [resultOf('verify', '0.80', { note: 'of verify' }), resultOf('request', '0.70'), resultOf('worker', '0.50')].reduce(
    (text, result) => updateResults(text, result, order),
    '',
  );
  const after = updateResults(before, resultOf('request', '0.90', { note: 'new', measured: '2026-11-23, def' }), order);
  expect(tableOf(after).map((line) => line.slice(0, 12))).toEqual(['| `request` ', '| `verify` |', '| `worker` |']);
  expect(tableOf(after).slice(1)).toEqual(tableOf(before).slice(1));
  expect(tableOf(after)[0]).toContain('| 0.90 |');
  expect(tableOf(after)[0]).toContain('2026-11-23, def');
  expect(after).toContain('- `request`: new\n- `verify`: of verify\n');
});

test('figures of another machine do not stay in the table', () => {
  const before = updateResults('', resultOf('request', '0.70'), order);
  const after = updateResults(before, resultOf('verify', '0.80', { machine: '64 × cpu' }), order);
  expect(tableOf(after)).toHaveLength(1);
  expect(after).toContain('Machine: 64 × cpu');
});
