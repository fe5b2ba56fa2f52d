/**
 * The addresses that get no mail for a time, because a mail server said that they are dead, or their owner that they
 * want none. Kept by digest: nobody can read who they are. Whoever asks for a code for one sees nothing of it.
 */
export interface SuppressionStore {
  /** From `now` until `until`, or for longer if that was said before. */
  suppress(addressDigest: string, now: Date, until: Date): Promise<void>;
  isSuppressed(addressDigest: string, now: Date): Promise<boolean>;
  /** Those that get no mail, the one whose time ends first in front. */
  describe(now: Date, limit: number): Promise<{ addressDigest: string; since: Date; until: Date }[]>;
  /** Mails go out again. Whether they did not. */
  lift(addressDigest: string): Promise<boolean>;
  /**
   * The digests of all that are kept, in order, page by page: those after `after`, at most `limit`. With `since` only
   * those that were first suppressed then or later.
   */
  list(page: { after: string; limit: number; since?: Date }): Promise<string[]>;
}
