import { standingOf, type Figures, type Row } from '../row.ts';
import type { Spread } from '../statistics.ts';

/** A measured row as people read it: one cell for each column of {@link columns}. */
export const columns = ['row', 'journey', 'yardstick', 'Daypass', 'beside it', 'ratio', 'to reach', 'to aim for', 'standing'];

export function cellsOf(row: Row, { product, yardstick, ratio }: Figures): string[] {
  const { better, toReach, toAimFor } = row.goal;
  const mark = (goal: number) => `${better === 'higher' ? '≥' : '≤'} ${goal}`;
  return [
    row.name,
    row.journey,
    row.yardstick,
    spread(product, row.unit),
    spread(yardstick, row.unit),
    `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
    mark(toReach),
    toAimFor === undefined ? '–' : mark(toAimFor),
    standingOf(row.goal, ratio.median),
  ];
}

function spread({ median, min, max }: Spread, unit: string): string {
  const digits = median < 10 ? 2 : median < 100 ? 1 : 0;
  const number = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const shown = unit.startsWith('/') ? `${number(median)}${unit}` : `${number(median)} ${unit}`;
  return `${shown} (${number(min)}–${number(max)})`;
}

/** A table for a terminal, without the columns that are too wide for one. */
export function terminalTable(rows: readonly string[][]): string {
  const narrow = [columns, ...rows].map((cells) => cells.filter((_, index) => index !== 1 && index !== 2));
  const widths = (narrow[0] ?? []).map((_, column) => Math.max(...narrow.map((cells) => cells[column]?.length ?? 0)));
  return narrow.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
