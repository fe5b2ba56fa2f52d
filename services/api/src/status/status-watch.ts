import type { CodeStatus } from '@daypass/core/codes/read-status';
import type { Refusal } from '@daypass/core/errors';

/** Somebody who wants to know how a challenge stands. */
export interface Watcher {
  challenge: string;
  network: string;
  told: (status: CodeStatus | Refusal) => void;
}

export interface StatusWatch {
  /** Begins to tell of changes. `undefined` when there are too many of a kind already. */
  add(watcher: Watcher): { stop: () => void } | undefined;
  /** Something of this challenge has changed, somewhere. */
  changed(challenge: string): void;
  /** Changes may have been missed. */
  missed(): void;
  count(): number;
  /** How many more this process takes. */
  full(): boolean;
}

const most = { aChallenge: 2, aNetwork: 20, aProcess: 5_000 } as const;
/** So many are looked up again in one go, when changes were missed. */
const batch = 50;

/** Who watches which challenge on this process. One look-up serves all who watch the same. */
export function createStatusWatch(readStatus: (id: string) => Promise<CodeStatus | Refusal>): StatusWatch {
  const byChallenge = new Map<string, Set<Watcher>>();
  const perNetwork = new Map<string, number>();
  const reading = new Map<string, 'reading' | 'again'>();
  let total = 0;

  async function tell(challenge: string): Promise<void> {
    // What changes while it is being read is read once more, however often it changes.
    if (reading.has(challenge)) return void reading.set(challenge, 'again');
    reading.set(challenge, 'reading');
    // The database may be away: the next change, or the next regular look, tells.
    const status = await readStatus(challenge).catch(() => undefined);
    const again = reading.get(challenge) === 'again';
    reading.delete(challenge);
    if (status) for (const watcher of Array.from(byChallenge.get(challenge) ?? [])) watcher.told(status);
    if (again && byChallenge.has(challenge)) await tell(challenge);
  }

  async function tellAll(): Promise<void> {
    const challenges = [...byChallenge.keys()];
    for (let from = 0; from < challenges.length; from += batch) {
      await Promise.all(challenges.slice(from, from + batch).map(tell));
    }
  }

  return {
    add(watcher) {
      const { challenge, network } = watcher;
      const others = byChallenge.get(challenge) ?? new Set();
      const fromNetwork = perNetwork.get(network) ?? 0;
      if (total >= most.aProcess || others.size >= most.aChallenge || fromNetwork >= most.aNetwork) return undefined;
      byChallenge.set(challenge, others.add(watcher));
      perNetwork.set(network, fromNetwork + 1);
      total += 1;
      return {
        stop() {
          if (!others.delete(watcher)) return;
          total -= 1;
          if (others.size === 0) byChallenge.delete(challenge);
          const left = (perNetwork.get(network) ?? 1) - 1;
          if (left === 0) perNetwork.delete(network);
          else perNetwork.set(network, left);
        },
      };
    },
    changed(challenge) {
      if (byChallenge.has(challenge)) void tell(challenge);
    },
    missed: () => void tellAll(),
    count: () => total,
    full: () => total >= most.aProcess,
  };
}
