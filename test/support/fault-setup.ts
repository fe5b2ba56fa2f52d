import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Row } from './books.ts';

/** Collects a row from each case, and prints them together at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-faults-'));
  const file = join(dir, 'rows');
  project.provide('faultRows', file);

  return async () => {
    const lines = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
    await rm(dir, { recursive: true });
    if (lines.length > 0) process.stdout.write(`\n${table(lines.map((line) => JSON.parse(line) as Row))}\n`);
  };
}

function table(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  const cells = [names, ...rows.map((row) => names.map((name) => written(name, row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}

const times: (keyof Row)[] = ['worst recovery', 'all well', 'longest wait'];

function written(name: keyof Row, value: Row[keyof Row]): string {
  if (value === undefined) return '–';
  return times.includes(name) ? `${Number(value).toFixed(1)} s` : String(value);
}
