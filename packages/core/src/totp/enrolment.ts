/** How an authenticator app makes the codes of an enrolment (RFC 6238 §1.2). One code lasts 30 seconds. */
export interface TotpFormat {
  algorithm: 'SHA1' | 'SHA256' | 'SHA512';
  digits: 6 | 8;
}

/** How long an enrolment waits for its first code. */
export const pendingSeconds = 10 * 60;

/** How long it is still said of an ended enrolment that it has ended. Nothing of its secret is left by then. */
export const tombstoneSeconds = 7 * 24 * 60 * 60;

/** A wrong code that would have been right some steps earlier or later. */
export interface Stray {
  step: number;
  /** Steps from the server's to the code's; negative when the phone's clock is behind. */
  drift: number;
}

/**
 * One authenticator app at one site, as it is kept: nothing in it can be read without the keys. The digests of its
 * recovery codes are kept beside it, and never read: the store matches them.
 */
export interface Enrolment {
  id: string;
  site: string;
  /** Digest of the subject whose passes it gives. The subject itself is in the seal. */
  holderDigest: string;
  /** Secret, subject and the shape of the codes, sealed. Gone once the enrolment has ended. */
  sealed?: string;
  /** The name of the key that sealed it. */
  sealedWith?: string;
  /** Part of what the seal is bound to. */
  createdAt: Date;
  /** Until when the first code confirms it. */
  pendingUntil: Date;
  confirmedAt: Date | null;
  /** From when on it gives no pass. */
  endsAt: Date;
  /** When it was ended before that: by its holder, or by too many wrong codes. */
  endedAt: Date | null;
  /** The highest time step of which a code was accepted. */
  lastStep: number;
  /** Steps above that whose codes were typed at the wrong time, and work no more. */
  burntSteps: number[];
  /** What the wrong code typed last would have been right for, if anything near. */
  stray: Stray | null;
  /** Wrong codes since the last right one. */
  failures: number;
  /** Wrong codes in all. */
  wrongCodes: number;
  pausedUntil: Date;
  /** Grows with every change that an attempt has to know of. */
  revision: number;
  /** From when on the document may be deleted. */
  purgeAt: Date;
}

export type NewEnrolment = Pick<Enrolment, 'id' | 'site' | 'holderDigest' | 'createdAt' | 'pendingUntil'> & {
  sealed: string;
  sealedWith: string;
};

/** What is right about an attempt. `step` is the highest time step near the present that the typed code is right for. */
export type Shown =
  | { kind: 'confirm'; step: number; endsAt: Date; recoveryDigests: string[] }
  | { kind: 'verify'; step: number }
  | { kind: 'recover'; digest: string };

/** What became of an attempt. Only an `accepted` and a `rejected` one were compared; the second was counted. */
export type AttemptOutcome = 'accepted' | 'rejected' | 'paused' | 'ended' | 'unknown';

export type RefusedOutcome = Exclude<AttemptOutcome, 'accepted'>;

/** An enrolment as an attempt left it. */
export type Attempted = Pick<Enrolment, 'lastStep' | 'burntSteps' | 'pausedUntil'> & { outcome: AttemptOutcome };

/**
 * Where enrolments are kept. Every method is atomic, and throws an error with `code: 'unavailable'`
 * when the store cannot be reached in time.
 */
export interface EnrolmentStore {
  add(enrolment: NewEnrolment): Promise<void>;
  find(id: string): Promise<Enrolment | undefined>;
  /**
   * Decides an attempt and counts it, both at once: of any number of simultaneous attempts no more are compared than
   * the throttle allows. What is shown is used up if the enrolment waits for it and is not paused, the step is above
   * any accepted one and not burnt, or the recovery code is still there; if not, or with nothing right to show, it
   * counts as wrong. `undefined` when there is no such enrolment.
   *
   * @param read the enrolment as it was found, live and not paused
   */
  attempt(read: Enrolment, kind: Shown['kind'], shown: Shown | undefined, now: Date): Promise<Attempted | undefined>;
  /** Notes what a rejected code would have been right for, burns that step, and returns what was noted before. */
  noteStray(id: string, stray: Stray | null): Promise<Stray | null>;
  /** Puts these recovery codes in the place of all others. Whether there was a live enrolment to do it for. */
  replaceRecoveryCodes(id: string, digests: string[], now: Date): Promise<boolean>;
  /** Ends the enrolment of this holder. Whether there was one, ended already or not. */
  end(id: string, holderDigest: string, now: Date): Promise<boolean>;
  /** Whether this holder has a confirmed enrolment that has not ended. */
  holdsOne(holderDigest: string, now: Date): Promise<boolean>;
  /** Some of the enrolments that will be kept longest: what a new process will have to open. */
  sample(limit: number): Promise<Enrolment[]>;
}
