/** A secret that does not parse. The message says what is wanted and never shows the value. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}
