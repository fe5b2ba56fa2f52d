import { logLevel } from './config.ts';
import { ConfigurationError } from './read-environment.ts';
import { createLogger, describeError, type Logger } from './logger.ts';

/** A process while it runs. */
export interface Service {
  log: Logger;
  /** Registers what has to be stopped. The last one registered stops first. */
  onStop(what: string, stop: () => Promise<void>): void;
  /**
   * Registers what is read again at SIGHUP. `reload` gives what has changed, for the log, or throws and has changed
   * nothing.
   */
  onReload(what: string, reload: () => object): void;
}

/** How long everything together may take to stop. */
const stopDeadlineMs = 10_000;

/**
 * Runs one process: starts it, stops it on SIGTERM or SIGINT in reverse order under one deadline, and ends it with a
 * sentence when it cannot start. A second signal ends it at once. SIGHUP, which would end it too, makes it read again
 * what may change while it runs.
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
  const reloads: { what: string; reload: () => object }[] = [];
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

  function reloadAll(): void {
    if (reloads.length === 0) log.info('nothing to reload');
    for (const { what, reload } of reloads) {
      try {
        log.info({ what, ...reload() }, 'reloaded');
      } catch (error) {
        for (const problem of problemsOf(error)) log.error({ what }, problem);
        log.error({ what }, 'not reloaded: everything stays as it was');
      }
    }
  }

  process.on('SIGHUP', reloadAll);
  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught exception');
    void stop('uncaught exception', 1);
  });

  try {
    await start({
      log,
      onStop: (what, stopPart) => parts.push({ what, stop: stopPart }),
      onReload: (what, reload) => reloads.push({ what, reload }),
    });
  } catch (error) {
    const detail = error instanceof ConfigurationError ? {} : { err: error };
    for (const problem of problemsOf(error)) log.fatal(detail, problem);
    await stop('cannot start', 1);
  }
}

/** What is wrong, in sentences. */
function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems;
  return [describeError(error).message || 'it fails for no reason that is known'];
}
