/** Redis did not answer: nothing may be let through on a guess. */
class LimiterUnavailable extends Error {
  override readonly name = 'LimiterUnavailable';
  readonly code = 'unavailable';
}

/**
 * What it asks has the deadline of the connection. Throws {@link LimiterUnavailable}.
 *
 * @param takeBack sent when that is not known to be done. Redis may still do what it did not answer in time; sent after it
 * on the same connection, this gives back what nobody got anything for: who is told 503 must not be told 429 next
 */
export async function askLimits<T>(command: () => Promise<T>, takeBack?: () => Promise<unknown>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    void takeBack?.().catch(() => undefined);
    throw new LimiterUnavailable('the limits cannot be asked', { cause: error });
  }
}
