// Where and on what figures were measured that are kept in the project.
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { repoDir } from './repo.ts';

/**
 * What a figure depends on. No host name: that is nobody's business. Of the kernel its version: where the same machine is
 * given a newer build of it, the figures still belong together.
 */
export function describeMachine(): string {
  const [first] = cpus();
  const [version] = /^\d+\.\d+/.exec(release()) ?? [release()];
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, ${type()} ${version}`;
}

/** The commit that was measured, with a plus sign when there was more than it. */
export function describeCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repoDir, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'packages', 'services', 'pnpm-lock.yaml') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'no commit';
  }
}
