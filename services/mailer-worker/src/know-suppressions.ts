import { setTimeout as sleep } from 'node:timers/promises';
import type { SuppressionStore } from '@daypass/core/codes/suppression';

/** How soon a worker knows of a new one. */
const refreshMs = 5_000;
/** How far the clocks of those who report them may be behind ours. */
const clockMarginMs = 300_000;
/** How often all of them are read, to forget those that have ended. */
const rereadMs = 3_600_000;
const pageSize = 10_000;

export interface KnownSuppressions {
  /** At once: `false` where it is known that the address gets mail. */
  mayBeSuppressed(addressDigest: string): boolean;
  /** How many are known; `undefined` as long as they have not been read. */
  count(): number | undefined;
  stop(): Promise<void>;
}

/**
 * Knows which addresses may be among those that get no mail, so that the database is asked about those alone: to ask
 * about each mail was a sixth of what a mail costs. What is kept here are 31 bits of each digest. One in two thousand
 * others has the same where a million are known: the database says who it is. Until they have been read it is everybody.
 */
export function knowSuppressions(
  store: Pick<SuppressionStore, 'list'>,
  now: () => Date,
  onError: (error: unknown) => void,
): KnownSuppressions {
  const stopping = new AbortController();
  let marks: Set<number> | undefined;
  let readAllAt = 0;
  let readUpTo = new Date(0);

  async function read(): Promise<void> {
    const startedAt = now();
    if (!marks || startedAt.getTime() - readAllAt > rereadMs) {
      const all = new Set<number>();
      await readInto(all);
      marks = all;
      readAllAt = startedAt.getTime();
    } else {
      await readInto(marks, new Date(readUpTo.getTime() - clockMarginMs));
    }
    readUpTo = startedAt;
  }

  async function readInto(target: Set<number>, since?: Date): Promise<void> {
    for (let after = ''; !stopping.signal.aborted;) {
      const page = await store.list({ after, limit: pageSize, ...(since && { since }) });
      for (const digest of page) target.add(markOf(digest));
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      after = last;
    }
  }

  async function keepReading(): Promise<void> {
    while (!stopping.signal.aborted) {
      await read().catch(onError);
      await sleep(refreshMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const reading = keepReading();
  return {
    mayBeSuppressed: (addressDigest) => marks?.has(markOf(addressDigest)) ?? true,
    count: () => marks?.size,
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}

/** The largest of integers that take no room of their own. */
function markOf(digest: string): number {
  return Buffer.from(digest.slice(0, 6), 'base64url').readUInt32BE() >>> 1;
}
