/** What a breaker lets through: everything, nothing, or one to see whether it works again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
  state(): BreakerState;
  /** Whether to try now. Whoever is told yes says afterwards how it went. */
  enter(): boolean;
  succeeded(): void;
  failed(): void;
  /** It came to nothing, and says nothing. */
  withdrawn(): void;
  /** How long nobody need ask again; 0 when it lets through. */
  pauseMs(): number;
}

/** Failures in a row that open it. */
const failuresToOpen = 5;
/** How long it stays open at first, and at most: it doubles with every probe that fails. */
const openMs = { first: 2_000, most: 10_000 };

/** While it is being tried, one more is let through so often: one that stands still must not keep the others out. */
const probeEveryMs = 1_000;

/**
 * Stops asking a transport that fails, so that a mail does not wait for its timeouts, and lets single mails through from
 * time to time to see whether it is back. Each worker has its own: what it knows it has seen.
 *
 * @param now milliseconds of any clock that does not run backwards
 */
export function createCircuitBreaker(now: () => number): CircuitBreaker {
  let failures = 0;
  let lastsMs = openMs.first;
  let openUntil: number | undefined;
  let nextProbeAt = 0;
  /** Those that were let through while it was open, and have not come back. */
  let probes = 0;

  function open(): void {
    openUntil = now() + lastsMs;
    lastsMs = Math.min(openMs.most, lastsMs * 2);
  }

  return {
    state() {
      if (openUntil === undefined) return 'closed';
      return now() >= openUntil ? 'half-open' : 'open';
    },
    enter() {
      if (openUntil === undefined) return true;
      if (now() < Math.max(openUntil, nextProbeAt)) return false;
      probes += 1;
      nextProbeAt = now() + probeEveryMs;
      return true;
    },
    succeeded() {
      failures = 0;
      lastsMs = openMs.first;
      openUntil = undefined;
      probes = 0;
      nextProbeAt = 0;
    },
    failed() {
      failures += 1;
      if (openUntil === undefined) {
        if (failures >= failuresToOpen) open();
      } else if (probes > 0) {
        // Those that began before it opened may still fail: they do not open it once more.
        probes -= 1;
        open();
      }
    },
    withdrawn() {
      if (probes === 0) return;
      probes -= 1;
      nextProbeAt = 0;
    },
    pauseMs: () => (openUntil === undefined ? 0 : Math.max(0, Math.max(openUntil, nextProbeAt) - now())),
  };
}
