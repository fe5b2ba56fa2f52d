/** At most `max` in any `windowMs` milliseconds, wherever the window is laid. */
export interface Window {
  max: number;
  windowMs: number;
}

/** What a limit is called where operators count what it refused. A caller may hear it too. */
export type LimitName =
  | 'address'
  | 'address-failures'
  | 'address-guess'
  | 'network'
  | 'network-verify'
  | 'site'
  | 'challenge'
  | 'credentials'
  | 'soft-bounces'
  | 'totp-enrolment'
  | 'totp-failures';

/** One subject that is counted, under every window that applies to it. */
export interface Limit {
  name: LimitName;
  /** A keyed digest, or the id of a site: neither address nor network is readable in the counter. */
  subject: string;
  /** Whoever counts a subject gives it the same longest window: what is older than that is forgotten. */
  windows: readonly Window[];
}

/** How much of a limit's longest window is used, and how long until some of it is free again. */
export interface Standing {
  used: number;
  relaxesInMs: number;
}

export interface LimitRefusal {
  ok: false;
  name: LimitName;
  /** The one that is full. There is none where it is a wait that has not passed. */
  window?: Window;
  retryAfterMs: number;
}

export type LimitVerdict =
  | {
      ok: true;
      /** In the order in which the limits were given. */
      standings: readonly Standing[];
      /** Gives back what was spent, for when the work it was spent on could not be taken on. */
      refund: () => Promise<void>;
    }
  | LimitRefusal;

/**
 * Spends one of each limit, all or nothing: when one refuses, none is charged. Throws an error with
 * `code: 'unavailable'` when the counters cannot be reached: never open.
 */
export type SpendLimits = (limits: readonly Limit[], now: Date) => Promise<LimitVerdict>;
