import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repo = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const cache = join(repo, '.cache');

export const places = {
  repo,
  cache,
  /** Node and pnpm, as npm lays them out. */
  toolchain: join(cache, 'node'),
  /** Written last: what node_modules was installed from. */
  stamp: join(cache, 'packages.stamp'),
  compiled: join(cache, 'compiled'),
  lock: join(cache, 'bootstrap.lock'),
  leash: join(repo, 'tools/leash.sh'),
};
