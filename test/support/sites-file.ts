import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ServiceProcess } from './processes.ts';

/** A sites file that a test writes, and writes again. */
export interface SitesFile {
  path: string;
  write(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** @param sites as they stand in the file: JSON is YAML */
export function sitesText(sites: readonly object[]): string {
  return JSON.stringify({ sites }, null, 2);
}

export async function createSitesFile(text: string): Promise<SitesFile> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-sites-'));
  const path = join(dir, 'sites.yaml');
  await writeFile(path, text);
  return {
    path,
    write: (next) => writeFile(path, next),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Makes processes read their files again, and returns what each of them said of it: one line each at least. */
export async function reload(services: readonly ServiceProcess[]): Promise<string[][]> {
  const before = services.map(({ output }) => output.length);
  for (const { pid } of services) process.kill(pid, 'SIGHUP');
  const said = () => services.map(({ output }, index) => output.slice(before[index]));
  await expect.poll(() => said().every((lines) => lines.some((line) => /"msg":"(reloaded|not reloaded|nothing to reload)/.test(line)))).toBe(true);
  return said();
}
