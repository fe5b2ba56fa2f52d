/** How far a code's mail has come. */
export type Delivery = 'queued' | 'sent' | 'delayed' | 'refused';

/** Guesses by id that a challenge takes. */
export const maxAttempts = 5;

/** Mails that a challenge may cause, the first one included. */
export const maxSends = 3;

/** One request for a code, as it is kept: nothing in it can be read without the keys. */
export interface Challenge {
  id: string;
  site: string;
  addressDigest: string;
  codeDigest: string;
  /** Address, code and locale, sealed. Gone once the code is used. */
  envelope?: string;
  delivery: Delivery;
  attempts: number;
  /** Mails asked for, the first one included. */
  sends: number;
  /** The highest of them that a mail server has accepted; 0 before any. */
  sendsAccepted: number;
  issuedAt: Date;
  lastSendAskedAt: Date;
  /** From when on the code is dead: `purgeAt` until the first acceptance fixes it. */
  expiresAt: Date;
  /** From when on the document may be deleted. Used or not, it stays until then as a tombstone. */
  purgeAt: Date;
  usedAt: Date | null;
}

/** What a mailer needs to open a challenge. */
export type NewChallenge = Pick<
  Challenge,
  'id' | 'site' | 'addressDigest' | 'codeDigest' | 'issuedAt' | 'purgeAt'
> & { envelope: string };

/**
 * Where challenges are kept. Every method is one atomic operation, and throws an error with
 * `code: 'unavailable'` when the store cannot be reached in time.
 */
export interface ChallengeStore {
  /** Inserts the challenge if its id is not there, and returns what is there then. */
  open(challenge: NewChallenge): Promise<Challenge>;
  find(id: string): Promise<Challenge | undefined>;
  /** Records that mail number `send` was accepted. The first acceptance sets `expiresAt`; no later one moves it. */
  markSent(id: string, send: number, expiresAt: Date): Promise<void>;
  /** Records what became of a mail that is not accepted. Never overrides an acceptance of the same mail. */
  markUndelivered(id: string, send: number, delivery: 'delayed' | 'refused'): Promise<void>;
  /**
   * Counts one attempt, and uses the challenge up if `codeDigests` has its code. Nothing changes when it is
   * used, expired or exhausted. Returns the challenge as it was before, which tells what happened.
   */
  spend(id: string, codeDigests: readonly string[], now: Date): Promise<Challenge | undefined>;
  /** Uses the challenge up under the same conditions without counting an attempt. Whether it did. */
  consume(id: string, codeDigests: readonly string[], now: Date): Promise<boolean>;
  /** The newest challenges of an address that a code could still open. */
  live(site: string, addressDigest: string, now: Date, limit: number): Promise<Challenge[]>;
  /**
   * Takes the send after number `sends`, and returns the challenge as it is then. `undefined` when it is used or
   * expired, or somebody else took that send.
   */
  takeSend(id: string, sends: number, now: Date): Promise<Challenge | undefined>;
}
