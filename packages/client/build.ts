/**
 * Builds what is published and what the API serves, /day-pass.js and its hosted page: `node packages/client/build.ts`.
 *
 * The messages are compiled in, and so are only needed here.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { css } from './src/element/style.ts';

const here = import.meta.dirname;
const dist = join(here, 'dist');
mkdirSync(dist, { recursive: true });
// Made aside and moved: whoever reads dist finds the old files or the new ones.
const aside = mkdtempSync(join(here, 'dist', '.making-'));

try {
  await build({
    entryPoints: { daypass: join(here, 'src/daypass.ts'), element: join(here, 'src/element.ts'), 'hosted-page': join(here, 'src/hosted-page.ts') },
    outdir: aside,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  writeFileSync(join(aside, 'look.css'), css.trim());
  if (process.argv.includes('--types')) makeTypes(aside);
  for (const file of ['daypass.js', 'element.js', 'hosted-page.js', 'look.css']) renameSync(join(aside, file), join(dist, file));
  cpSync(aside, dist, { recursive: true });
} finally {
  rmSync(aside, { recursive: true, force: true });
}

/** The declarations that the two entries lead to, and no more: those of what is compiled in stay here. */
function makeTypes(outDir: string): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const made = join(outDir, '.types');
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--allowImportingTsExtensions', 'false'];
  const places = ['--rewriteRelativeImportExtensions', '--rootDir', dirname(here), '--outDir', made];
  const { status } = spawnSync(process.execPath, [tsc, '--project', here, ...options, ...places], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The types could not be made');

  const wanted = ['daypass.d.ts', 'element.d.ts'];
  for (const file of wanted) {
    const text = readFileSync(join(made, 'client/src', file), 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'");
    mkdirSync(dirname(join(outDir, file)), { recursive: true });
    writeFileSync(join(outDir, file), text);
    for (const [, target = ''] of text.matchAll(/from '(\.[^']*)\.js'/g)) {
      const path = `${normalize(join(dirname(file), target))}.d.ts`;
      if (!wanted.includes(path)) wanted.push(path);
    }
  }
  rmSync(made, { recursive: true });
}
