import { ConfigurationError, readNamedFile } from './read-environment.ts';

/** What a file says, or everything that is wrong with it. */
type Parsed = { ok: true } | { ok: false; mistakes: readonly string[] };

/** More than anything that people write, and little enough to be parsed while requests wait. */
const maxCharacters = 1024 * 1024;

/**
 * Reads a file that a variable names and parses it, or throws one {@link ConfigurationError} with everything that is
 * wrong in it. A process may do so again while it serves requests, which then wait for as long.
 */
export function readConfigFile<P extends Parsed>(
  variable: string,
  path: string,
  parse: (text: string) => P,
): Extract<P, { ok: true }> {
  const text = readNamedFile(variable, path);
  if (text.length > maxCharacters) {
    throw new ConfigurationError([`${variable} names a file of more than ${maxCharacters} characters.`]);
  }
  const parsed = parse(text);
  if (parsed.ok) return parsed as Extract<P, { ok: true }>;
  throw new ConfigurationError(parsed.mistakes.map((mistake) => `${variable}: ${mistake}`));
}
