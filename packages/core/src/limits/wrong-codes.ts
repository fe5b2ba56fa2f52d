import type { Budget } from './request-limits.ts';

/** What a wrong code counts against. */
export interface WrongCode {
  budget: Budget;
  /** The address, if there was a code that the wrong one was held against. */
  addressDigest?: string;
  /** How long after the last one the failures of an address are forgotten. */
  failuresEndAfterMs: number;
}

/** Resolves when it is counted. Throws an error with `code: 'unavailable'` when that cannot be done. */
export type CountWrongCode = (wrong: WrongCode, now: Date) => Promise<void>;

/**
 * Forgets the failures of an address, whose owner has got in. Returns at once: nobody needs to wait for it, and where
 * it fails the address needs a proof of work for longer than it has to.
 */
export type ForgetFailures = (addressDigest: string) => void;
