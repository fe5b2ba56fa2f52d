import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of one process: JSON lines on standard output. Errors are written by name, code and stack frames; of their
 * message only what cannot hold an address.
 */
export function createLogger(service: string, level: string): Logger {
  return pino({ level, base: { service }, serializers: { err: describeError }, formatters: { level: levelName } });
}

function levelName(label: string): { level: string } {
  return { level: label };
}

export interface DescribedError {
  name: string;
  message: string;
  code?: string;
  stack?: string[];
  cause?: DescribedError;
}

const maxCauses = 5;

/** An error as it may be written down. */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error, message: '' };
  // The stack begins with the message, which may have lines of its own.
  const frames = error.stack
    ?.replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return {
    name: error.name,
    message: maskAddresses(error.message),
    ...('code' in error && isScalar(error.code) && { code: String(error.code) }),
    ...(frames && frames.length > 0 && { stack: frames.map((frame) => frame.trim()) }),
    ...(error.cause !== undefined && depth < maxCauses && { cause: describeError(error.cause, depth + 1) }),
  };
}

const maxLength = 300;

/** Replaces what may be an address, or a URL with a password in it. Only then is it cut: half an address has no "@". */
function maskAddresses(message: string): string {
  return message.replace(/\S+/g, maskWord).slice(0, maxLength);
}

function maskWord(word: string): string {
  const secret = /@|%40/;
  if (word.includes('://') && secret.test(word)) return '[masked]'; // A password may hold any character.
  return word.replace(/[^<>"'(),;]+/g, (part) => (secret.test(part) ? '[masked]' : part));
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
