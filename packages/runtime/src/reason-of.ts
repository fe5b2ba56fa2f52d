const maxDepth = 5;

/**
 * Why something is not reached, in a name or a few words that stay the same: ECONNREFUSED, WRONGPASS, CERT_HAS_EXPIRED.
 * Nothing else of what a server or a library says is in it, because that may quote a URL, a password or an address.
 */
export function reasonOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return 'unknown';
  const { codeName, code, cause, lastNodeError } = error as Error & Record<'codeName' | 'code' | 'lastNodeError', unknown>;
  if (isName(codeName)) return codeName; // MongoDB's name for what its code is a number of.
  if (isName(code)) return code;
  if (/^(Socket timeout|Command timed out|Server selection timed out)\b/.test(error.message)) return 'no answer';
  const reply = error.name === 'ReplyError' ? replyOf(error.message) : undefined;
  if (reply !== undefined) return reply;
  const deeper = cause ?? lastNodeError; // A cluster has the last of several.
  const below = deeper instanceof Error && depth < maxDepth ? reasonOf(deeper, depth + 1) : 'Error';
  return below === 'Error' ? error.name : below;
}

/** Redis begins with a word of its own, and ERR with a few that are its own up to the first sign. */
function replyOf(message: string): string | undefined {
  return /^ERR(?: [a-z]+)+(?=$|[ ,.:;'`"])|^[A-Z]{3,20}(?= )/i.exec(message)?.[0];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}
