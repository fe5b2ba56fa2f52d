import { logLevel } from './config.ts';
import { ConfigurationError } from './read-environment.ts';
import { createLogger, describeError, type Logger } from './logger.ts';

/** A process while it runs. */
export interface Service {
  log: Logger;
  /** Registers what has to be stopped. The last one registered stops first. */
  onStop(what: string, stop: () => Promise<void>): void;
}

/** How long everything together may take to stop. */
const stopDeadlineMs = 10_000;

/**
 * Runs one process: starts it, stops it on SIGTERM or SIGINT in reverse order under one deadline, and ends it with a
 * sentence when it cannot start. A second signal ends it at once.
 *
 * @param environment what `start` reads too: LOG_LEVEL has to be known before anything can be said
 * @param start wires everything, and resolves when the process is listening
 */
export async function runService(
  name: string,
  environment: NodeJS.ProcessEnv,
  start: (service: Service) => Promise<void>,
): Promise<void> {
  const log = createLogger(name, logLevel.parse(environment['LOG_LEVEL'] ?? 'info') ?? 'info');
  const parts: { what: string; stop: () => Promise<void> }[] = [];
  let stopping = false;

  async function stop(reason: string, exitCode: number): Promise<void> {
    if (stopping) process.exit(exitCode || 1);
    stopping = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => {
      log.error({ deadlineMs: stopDeadlineMs }, 'not stopped in time, leaving');
      process.exit(exitCode || 1);
    }, stopDeadlineMs).unref();
    for (const { what, stop: stopPart } of parts.toReversed()) {
      await stopPart().catch((err: unknown) => log.warn({ what, err }, 'did not stop cleanly'));
    }
    log.info('stopped');
    process.exit(exitCode);
  }

  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught exception');
    void stop('uncaught exception', 1);
  });

  try {
    await start({ log, onStop: (what, stopPart) => parts.push({ what, stop: stopPart }) });
  } catch (error) {
    if (error instanceof ConfigurationError) {
      for (const problem of error.problems) log.fatal(problem);
    } else {
      log.fatal({ err: error }, describeError(error).message || 'cannot start');
    }
    await stop('cannot start', 1);
  }
}
