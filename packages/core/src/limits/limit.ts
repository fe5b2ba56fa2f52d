/** At most `max` in any `windowMs` milliseconds, wherever the window is laid. */
export interface Window {
  max: number;
  windowMs: number;
}

/** One subject that is counted, under every window that applies to it. */
export interface Limit {
  /** What is counted. It tells an operator which limit refused, and never the caller. */
  name: 'address' | 'network' | 'address-guess' | 'totp-enrolment' | 'totp-guess';
  /** A keyed digest: neither address nor network is readable in the counter. */
  subject: string;
  windows: readonly Window[];
}

export type LimitVerdict =
  | {
      ok: true;
      /** Gives back what was spent, for when the work it was spent on could not be taken on. */
      refund: () => Promise<void>;
    }
  | { ok: false; name: Limit['name']; retryAfterMs: number };

/**
 * Spends one of each limit, all or nothing: when one refuses, none is charged. Throws an error with
 * `code: 'unavailable'` when the counters cannot be reached: never open.
 */
export type SpendLimits = (limits: readonly Limit[], now: Date) => Promise<LimitVerdict>;
