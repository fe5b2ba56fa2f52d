import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { processIdentity } from './process-identity.mjs';

/**
 * One process at a time may hold a lock file; a holder that was killed holds nothing.
 * Gives `{ held: true, tookOver, release }`, or `{ held: false, pid }` while another one has it.
 */
export function takeLock(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }), { mode: 0o600 });
  try {
    return takeWith(own, path);
  } finally {
    rmSync(own, { force: true });
  }
}

/** The process that holds a lock file at this moment. */
export function lockHolder(path) {
  const holder = readHolder(path);
  return holder && isAlive(holder) ? holder.pid : undefined;
}

function takeWith(own, path) {
  for (let tookOver = false; ; tookOver = true) {
    // A link appears at once with its content, or not at all because another one is there.
    if (linked(own, path)) return { held: true, tookOver, release: () => release(path) };
    const holder = readHolder(path);
    if (holder && isAlive(holder)) return { held: false, pid: holder.pid };
    setAside(path, holder, `${own}.stale`);
  }
}

/** Two may find the same stale lock: whoever moved away a fresh one by mistake puts it back. */
function setAside(path, stale, aside) {
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else was first
  }
  const moved = readHolder(aside);
  if (moved && stale?.pid !== moved.pid && isAlive(moved)) linked(aside, path);
  rmSync(aside, { force: true });
}

function release(path) {
  if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
}

function isAlive({ pid, identity }) {
  return identity !== undefined && processIdentity(pid) === identity;
}

function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
