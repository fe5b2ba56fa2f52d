import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { repoDir } from '@daypass/tools/repo';

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

const measured = {
  'services/api': ['fastify'],
  'packages/jobs': ['bullmq', 'ioredis'],
  'packages/core': ['mongoose'],
  'services/mailer-worker': ['nodemailer'],
  bench: ['mongodb', 'better-auth'],
} as const;

export function describeVersions(redisVersion: string, mongoVersion: string): string {
  const packages = Object.entries(measured).flatMap(([folder, names]) =>
    names.map((name) => `${name} ${versionOf(join(repoDir, folder), name)}`),
  );
  return [`node ${process.versions.node}`, `Redis ${redisVersion}`, `MongoDB ${mongoVersion}`, ...packages].join(', ');
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

/** Looks for the manifest from the entry point upwards: not every package exports it. */
function versionOf(folder: string, name: string): string {
  let dir = dirname(createRequire(join(folder, 'package.json')).resolve(name));
  for (; dir !== dirname(dir); dir = dirname(dir)) {
    try {
      const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { name?: string; version?: string };
      if (manifest.name === name && manifest.version !== undefined) return manifest.version;
    } catch {
      // Further up.
    }
  }
  return 'unknown';
}
