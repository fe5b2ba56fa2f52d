import type { Logger } from './logger.ts';
import { reasonOf } from './reason-of.ts';

/** What a connection says of itself, with each try. */
export type OnConnection = (event: 'reached' | 'not reached' | 'indexes not made', error?: unknown) => void;

/** How soon the same is said again: whoever looks at a log looks at its end. */
const repeatMs = 60_000;

/**
 * Says in the log that something is not reached and why, and that it is reached again: once each, however many connections
 * of this process try, and however often. Each try is there for who looks closer, at the level debug.
 *
 * @param now milliseconds of a clock that nobody sets
 * @returns for each connection what it is to be given; those of the same name are to the same thing
 */
export function tellOfConnections(log: Logger, now = (): number => performance.now()): (name: string) => OnConnection {
  const dependencies = new Map<string, ReturnType<typeof tellOf>>();
  return (name) => {
    const dependency = dependencies.get(name) ?? tellOf(name, log, now);
    dependencies.set(name, dependency);
    return dependency();
  };
}

function tellOf(dependency: string, log: Logger, now: () => number): () => OnConnection {
  const missing = new Set<OnConnection>();
  const told = new Map<string, number>();
  let missingSince = 0;

  return () => {
    const connection: OnConnection = (event, error) => {
      if (event === 'reached') {
        if (!missing.delete(connection) || missing.size > 0) return;
        told.clear();
        log.info({ dependency, afterSeconds: Math.round((now() - missingSince) / 1000) }, `${dependency}: reached`);
        return;
      }
      log.debug({ dependency, err: error }, `${dependency}: ${event}`);
      if (missing.size === 0) missingSince = now();
      missing.add(connection);
      const reason = reasonOf(error);
      const toldAt = told.get(`${event} ${reason}`) ?? Number.NEGATIVE_INFINITY;
      if (now() - toldAt < repeatMs) return;
      told.set(`${event} ${reason}`, now());
      log.warn({ dependency, reason }, `${dependency}: ${event}`);
    };
    return connection;
  };
}
