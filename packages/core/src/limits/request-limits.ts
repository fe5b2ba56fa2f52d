import type { KnownDevice } from '../access/known-device.ts';
import type { LimitRefusal, Standing, Window } from './limit.ts';

/** How often something may happen at a site, whoever does it, before there are consequences. */
export interface Budget extends Window {
  site: string;
}

/** What a site asks of requests for mails, and what makes one need a proof of work. */
export interface RequestRules {
  /** Mails to the address, whoever asks for them. */
  address: {
    /** Under which a stranger asks, who is nobody's known browser. The longest window last. */
    strangers: readonly Window[];
    /** Under which a known browser asks: the longest window alone, so that no stranger can keep it out ... */
    holders: readonly Window[];
    /** ... and these, which count only what known browsers asked for. */
    holdersOwn: readonly Window[];
    /** So many of what known browsers ask for are theirs, whatever others had sent: also at a site that lets others have more. */
    kept: Window;
  };
  /** Requests from the network. */
  network: Window;
  /** Requests. Past them there are none. */
  site: Budget;
  /** Wrong codes, which a request does not spend. Past them each needs a proof of work. */
  wrongCodes: Budget;
  /** How long strangers wait after wrong codes in a row for the address, if they do. */
  wait?: {
    /** From so many on. */
    fromFailures: number;
    /** So long after the last one; twice as long for each `step` more, at most `longestMs`. */
    firstMs: number;
    longestMs: number;
    step: number;
  };
  proof: {
    rule: 'never' | 'when needed' | 'always';
    /** Past so many requests in its window the network needs one. */
    networkFree: number;
    /** From so many wrong codes in a row on the address needs one. */
    failures: number;
  };
}

/** What one request for a mail spends: all that is decided in one script. */
export interface RequestLimits {
  /** The same object for the same site: whoever makes something of it may keep that. */
  rules: RequestRules;
  addressDigest: string;
  networkDigest: string;
}

export interface RequestSpending {
  now: Date;
  /** The token of a known browser, if the request brings a genuine one. Whether it was taken back is for the script to see. */
  device?: KnownDevice | undefined;
  /** The nonce of the puzzle that the request solved, if it solved one. It is used up if a proof was needed. */
  solved?: string | undefined;
}

export type RequestVerdict =
  | {
      verdict: 'spent';
      /** Whether a proof was needed, and used up. */
      proven: boolean;
      network: Standing;
      /** Gives back everything, the proof included. */
      refund: () => Promise<void>;
    }
  | ({ verdict: 'refused' } & LimitRefusal)
  /** The network has been charged, and nothing else. */
  | { verdict: 'proof wanted'; requests: number; wrongCodes: number; network: Standing };

/**
 * Spends what a request for a mail costs, all or nothing. Throws an error with `code: 'unavailable'` when the counters
 * cannot be reached: never open.
 */
export type SpendRequest = (limits: RequestLimits, spending: RequestSpending) => Promise<RequestVerdict>;
