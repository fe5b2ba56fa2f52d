import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCommit, describeMachine } from '@daypass/tools/measured-on';
import type { TestProject } from 'vitest/node';
import type { Row } from './books.ts';

const resultsFile = join(import.meta.dirname, '../faults/RESULTS.md');

/** Collects a row from each case, prints them together at the end, and keeps those of a whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-faults-'));
  const file = join(dir, 'rows');
  project.provide('faultRows', file);

  return async () => {
    const lines = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
    await rm(dir, { recursive: true });
    if (lines.length === 0) return;
    const cells = cellsOf(lines.map((line) => JSON.parse(line) as Row));
    process.stdout.write(`\n${terminalTable(cells)}\n`);
    if (project.name === 'faults' && nobodyChose()) await writeFile(resultsFile, resultsText(cells));
  };
}

/** Whether all cases were run: nothing on the command line names some of them. */
function nobodyChose(): boolean {
  return process.argv.slice(2).every((argument) => ['run', '--project', 'faults', '--project=faults'].includes(argument));
}

function cellsOf(rows: readonly Row[]): string[][] {
  const names = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  return [names, ...rows.map((row) => names.map((name) => written(name, row[name])))];
}

function terminalTable(cells: readonly string[][]): string {
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  return cells
    .map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}

function resultsText([names = [], ...rows]: readonly string[][]): string {
  return [
    '# What was lost',
    '',
    'Written by `npm run test:faults`, when all of it has run: do not edit. A row is a case: what was done to the system under steady',
    'traffic, and what the books said at the end. Times are in seconds; those of recovery are measured by visitors who try',
    'again every 0.4 s. What each column counts: [books.ts](../support/books.ts).',
    '',
    `Machine: ${describeMachine()}. Measured: ${new Date().toISOString().slice(0, 10)}, ${describeCommit()}.`,
    '',
    `| ${names.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(names.length - 1)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}

const times: (keyof Row)[] = ['worst recovery', 'all well', 'longest wait'];

function written(name: keyof Row, value: Row[keyof Row]): string {
  if (value === undefined) return '–';
  return times.includes(name) ? `${Number(value).toFixed(1)} s` : String(value);
}
