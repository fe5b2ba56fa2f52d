import { join, resolve } from 'node:path';

export const repoDir = resolve(import.meta.dirname, '../..');

/** What can be fetched again: Node, pnpm, redis-server, the engine's retargeted copy. */
export const defaultCacheDir = join(repoDir, '.cache');
