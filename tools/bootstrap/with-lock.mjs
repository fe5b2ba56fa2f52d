import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { places } from './places.mjs';
import { takeLock } from './take-lock.mjs';

const LOOK_EVERY_MS = 200;
const WAIT_MS = 15 * 60_000;

/** Two bootstraps in one clone install one after the other; the second then finds everything there. */
export async function withLock(work) {
  const givenUpAt = Date.now() + WAIT_MS;
  mkdirSync(places.cache, { recursive: true });
  let lock = takeLock(places.lock);
  if (!lock.held) console.log(`Another one is installing here (pid ${lock.pid}): waiting for it`);
  while (!lock.held) {
    if (Date.now() > givenUpAt) throw new Error(`The process ${lock.pid} has been installing for too long. Stop it.`);
    await pause(LOOK_EVERY_MS);
    lock = takeLock(places.lock);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
