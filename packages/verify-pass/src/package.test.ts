import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const packageDir = join(import.meta.dirname, '..');
/** Brought by `npm test`. */
const pnpm = join(packageDir, '../../.cache/node/node_modules/.bin/pnpm');
const deadlineMs = 60_000;

let dir: string;
let installed: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-verify-pass-'));
  installed = join(dir, 'node_modules/@daypass/verify-pass');
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  await run(pnpm, ['pack', '--pack-destination', dir], { cwd: packageDir, env });
  const [tarball = ''] = (await readdir(dir)).filter((file) => file.endsWith('.tgz'));
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(dir, tarball), '-C', installed, '--strip-components', '1']);
  await symlink(join(packageDir, 'node_modules/jose'), join(dir, 'node_modules/jose'));
}, deadlineMs);
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the package, as it is packed, is JavaScript with types, and wants a jose that anyone can install', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { dependencies: { jose: string } };
  expect(manifest.dependencies.jose).toMatch(/^\^\d+\.\d+\.\d+$/);
  expect(await readdir(join(installed, 'dist'))).toEqual(['verify-pass.d.ts', 'verify-pass.js']);
});

test('as it is packed it checks passes in a project that knows nothing of this one', async () => {
  const program = `
    import { createVerifyPass } from '@daypass/verify-pass';
    const verifyPass = createVerifyPass({ issuer: 'https://login.example', site: 'shop' });
    console.log(await verifyPass('a.b.c'));`;
  const { stdout } = await run(process.execPath, ['--no-experimental-strip-types', '--input-type=module', '--eval', program], { cwd: dir });
  expect(stdout.trim()).toBe('undefined');
});
