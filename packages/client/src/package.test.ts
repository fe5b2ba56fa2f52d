import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const clientDir = join(import.meta.dirname, '..');
const bin = (name: string) => join(clientDir, 'node_modules/.bin', name);
const deadlineMs = 60_000;

let dir: string;
let tarball: string;
let unpacked: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-client-'));
  await run(process.execPath, [join(clientDir, 'build.ts'), '--types']);
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', dir], { cwd: clientDir });
  tarball = join(dir, (JSON.parse(stdout) as { filename: string }[])[0]?.filename ?? '');
  await run('tar', ['-xzf', tarball, '-C', dir]);
  unpacked = join(dir, 'package');
}, deadlineMs);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the package, as it is packed', { timeout: deadlineMs }, () => {
  test('is in order by publint', async () => {
    const { stdout } = await run(bin('publint'), ['run', unpacked, '--pack', 'false', '--strict']);
    expect(stdout).toContain('All good!');
  });

  test('has types that every way of resolving ES modules finds', async () => {
    const { stdout } = await run(bin('attw'), [tarball, '--profile', 'esm-only', '--format', 'json']);
    expect((JSON.parse(stdout) as { problems?: object }).problems ?? {}).not.toHaveProperty('InternalResolutionError');
  });

  test('holds what it says, and neither sources nor what it was built from', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    expect(stdout.split('\n').filter((file) => !/^package\/(dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$|^$/.test(file))).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as { dependencies?: object };
    expect(manifest.dependencies).toBeUndefined();
  });

  test('has an element of under 15 kB, the client in it', () => {
    expect(gzipSync(readFileSync(join(unpacked, 'dist/element.js'))).length).toBeLessThan(15_000);
  });

  test('can be imported where there is no browser, both of it', async () => {
    const program = `
      const { createDaypass } = await import(${JSON.stringify(join(unpacked, 'dist/daypass.js'))});
      await import(${JSON.stringify(join(unpacked, 'dist/element.js'))});
      console.log(typeof createDaypass({ baseUrl: 'https://login.example' }).requestCode);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
    expect(stdout.trim()).toBe('function');
  });
});
