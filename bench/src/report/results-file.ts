import { columns } from './format.ts';

/** One measured row, and what it was measured on. */
export interface Result {
  machine: string;
  versions: string;
  row: string;
  cells: readonly string[];
  /** When, and which commit. */
  measured: string;
  note?: string;
}

const machineLabel = 'Machine: ';
const noteMark = '- `';

/**
 * The text of RESULTS.md with this row in it. What `before` says of other rows stays, if it was measured on the same
 * machine: figures of two machines do not belong in one table.
 *
 * @param order the names of all rows, as they are shown
 */
export function updateResults(before: string, result: Result, order: readonly string[]): string {
  const { machine, versions, row, cells, measured, note } = result;
  const sameMachine = before.includes(`${machineLabel}${machine}\n`);
  const lines = sameMachine ? before.split('\n') : [];
  const kept = (start: string) => lines.filter((line) => line.startsWith(start));

  const table = order.flatMap((name) =>
    name === row ? `| \`${name}\` | ${[...cells.slice(1), measured].join(' | ')} |` : kept(`| \`${name}\` |`),
  );
  const notes = order.flatMap((name) => {
    if (name !== row) return kept(`${noteMark}${name}\``);
    return note === undefined ? [] : `${noteMark}${name}\`: ${note}`;
  });
  return [
    '# Results',
    '',
    'Written by `npm run bench`: do not edit. What each side does is in [README.md](README.md). Each figure is the median',
    'of five interleaved pairs, where its note says nothing else, with the lowest and the highest; the ratio is taken',
    'within each pair.',
    '',
    `${machineLabel}${machine}`,
    '',
    `Versions of the last run: ${versions}`,
    '',
    `| ${[...columns, 'measured'].join(' | ')} |`,
    `|${' --- |'.repeat(columns.length + 1)}`,
    ...table,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n');
}
