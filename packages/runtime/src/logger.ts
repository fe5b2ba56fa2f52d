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
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: maskAddresses(error.message),
    ...('code' in error && { code: String(error.code) }),
    ...(frames && frames.length > 0 && { stack: frames.map((frame) => frame.trim()) }),
    ...(error.cause !== undefined && depth < maxCauses && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Replaces every word with an "@" in it, which is also what a password in a URL looks like. */
function maskAddresses(message: string): string {
  return message.slice(0, 300).replace(/[^\s<>"'(),;]*@[^\s<>"'(),;]*/g, '[masked]');
}
