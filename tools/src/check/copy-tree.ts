import { cpSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

const sourceFolders = ['packages', 'services', 'tools', 'test', 'bench', 'examples'];
const workspaceScope = '@daypass';

/**
 * Copies what the checks read to `copyDir`: the configuration at the root, the sources, and node_modules as links,
 * in which this repository's own packages are those of the copy.
 */
export function copyTree(rootDir: string, copyDir: string): void {
  for (const entry of readdirSync(rootDir, { withFileTypes: true })) {
    const wanted = entry.isFile() ? isConfiguration(entry.name) : sourceFolders.includes(entry.name);
    if (!wanted) continue;
    cpSync(join(rootDir, entry.name), join(copyDir, entry.name), {
      recursive: true,
      filter: (source) => basename(source) !== 'node_modules' && isCopyable(source),
    });
  }
  const workspaces = sourceFolders.flatMap((folder) => foldersWithModules(rootDir, folder));
  for (const folder of ['', ...workspaces]) linkModules(rootDir, copyDir, folder);
}

/** The copy is made to be thrown away, whoever owned the original and whatever it allowed. */
export function removeCopy(copyDir: string): void {
  rmSync(copyDir, { recursive: true, force: true, maxRetries: 3 });
}

// A secret (.env) and a log have no business in a second place.
function isConfiguration(name: string): boolean {
  return /\.(json|ya?ml|[cm]?[jt]s)$/.test(name) || name === '.gitignore';
}

// Not the socket of a store that is running.
function isCopyable(path: string): boolean {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  return entry !== undefined && (entry.isFile() || entry.isDirectory());
}

function foldersWithModules(rootDir: string, folder: string): string[] {
  const entries = readIfThere(join(rootDir, folder));
  if (entries.includes('node_modules')) return [folder];
  return entries.map((name) => join(folder, name)).filter((sub) => readIfThere(join(rootDir, sub)).includes('node_modules'));
}

function readIfThere(dir: string): string[] {
  return lstatSync(dir, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(dir) : [];
}

function linkModules(rootDir: string, copyDir: string, folder: string): void {
  const from = join(rootDir, folder, 'node_modules');
  const to = join(copyDir, folder, 'node_modules');
  mkdirSync(join(to, workspaceScope), { recursive: true });
  for (const name of readIfThere(from)) {
    if (name !== workspaceScope) symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readIfThere(join(from, workspaceScope))) {
    const original = realpathSync(join(from, workspaceScope, name));
    symlinkSync(join(copyDir, relative(rootDir, original)), join(to, workspaceScope, name));
  }
}
