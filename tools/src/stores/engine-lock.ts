import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { processIdentity } from '../../bootstrap/process-identity.mjs';

const FORMER_ENDS_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Two engines on the same files would ruin them. An engine whose starter was killed needs a moment to end, so a
 * start right after that waits for it.
 */
export async function waitForFormerEngine(dataDir: string): Promise<void> {
  const givenUpAt = Date.now() + FORMER_ENDS_MS;
  for (let pid = formerEngine(dataDir); pid !== undefined; pid = formerEngine(dataDir)) {
    if (Date.now() > givenUpAt) throw new Error(`${dataDir} is in use by another process (pid ${pid}). Stop it first.`);
    await pause(LOOK_EVERY_MS);
  }
}

export function noteEngine(dataDir: string, pid: number): void {
  writeFileSync(lockPath(dataDir), JSON.stringify({ pid, identity: processIdentity(pid) }), { mode: 0o600 });
}

/** False when another engine has been started on these files in the meantime. */
export function forgetEngine(dataDir: string, pid: number): boolean {
  if (noted(dataDir)?.pid !== pid) return false;
  rmSync(lockPath(dataDir), { force: true });
  return true;
}

function formerEngine(dataDir: string): number | undefined {
  const former = noted(dataDir);
  if (!former?.identity) return undefined;
  return processIdentity(former.pid) === former.identity ? former.pid : undefined;
}

function noted(dataDir: string): { pid: number; identity?: string } | undefined {
  try {
    return JSON.parse(readFileSync(lockPath(dataDir), 'utf8')) as { pid: number; identity?: string };
  } catch {
    return undefined;
  }
}

const lockPath = (dataDir: string) => join(dataDir, 'engine.pid');
