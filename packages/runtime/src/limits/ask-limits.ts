/** Redis did not answer: nothing may be let through on a guess. */
class LimiterUnavailable extends Error {
  override readonly name = 'LimiterUnavailable';
  readonly code = 'unavailable';
}

/** What it asks has the deadline of the connection. Throws {@link LimiterUnavailable}. */
export async function askLimits<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new LimiterUnavailable('the limits cannot be asked', { cause: error });
  }
}
