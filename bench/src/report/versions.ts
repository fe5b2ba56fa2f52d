import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { repoDir } from '@daypass/tools/repo';

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
