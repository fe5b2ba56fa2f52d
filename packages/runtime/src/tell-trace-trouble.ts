import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Logger } from './logger.ts';

/** A collector that is away fails every batch: that is one line in so long. */
const everyMs = 60_000;

/** Has OpenTelemetry tell the log what troubles it. By itself it tells nobody, and traces are missing without a word. */
export function tellTraceTrouble(log: Logger): void {
  let quietUntil = 0;
  const tell = (...said: unknown[]) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + everyMs;
    log.warn({ err: errorIn(said) }, 'traces are not sent as they should be');
  };
  const ignore = () => undefined;
  const logger = { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** What it said, after the name of the part that says it, as an error without a stack: that would lead here. */
function errorIn(said: readonly unknown[]): Error {
  const text = said.find((part) => typeof part === 'string' && !part.startsWith('@opentelemetry/'));
  const { message, ...names } = fieldsOf(String(text));
  return Object.assign(new Error(message), names, { stack: '' });
}

/**
 * An error of its own it writes as JSON, with all that whoever answered had to say, which is left out. Else it is a sentence,
 * where what is in quotes or brackets may be a setting's value: a URL, a header with a token.
 */
function fieldsOf(text: string): { message: string; name?: string; code?: string } {
  const error = parseError(text);
  if (!error) return { message: text.replace(/['"(].*['")]/s, '…') };
  const { message = '', name = 'Error', code } = error;
  return { message: String(message), name: String(name), ...(typeof code === 'string' && { code }) };
}

function parseError(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // Whoever only wants to tell must not throw.
  }
}
