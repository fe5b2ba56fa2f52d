import type { Logger } from '@daypass/runtime/logger';
import { schedule as cron, type Logger as CronLogger } from 'node-cron';
import { runSweep, type TakeTurn } from './run-sweep.ts';
import type { Sweep } from './sweep.ts';

export interface Schedule {
  /** Ends the rounds that are under way after the batch in hand, and waits for them. */
  stop(): Promise<void>;
}

/**
 * Runs each sweep once now, because cron never catches up, and then by its schedule; never beside itself.
 *
 * @param takeTurn what keeps several sweepers from doing the same
 * @param onSwept told of each round that ran to its end, with how much it did and the seconds it took
 */
export function startSchedule(
  sweeps: readonly Sweep[],
  log: Logger,
  onSwept: (sweep: Sweep, done: number, seconds: number) => void,
  onFailed: (name: string) => void,
  takeTurn?: TakeTurn,
): Schedule {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();

  // Not node-cron's `noOverlap`: it does not know of the round at the start, and calls every round it spares a warning.
  function startRound(sweep: Sweep): Promise<void> {
    const round = running.get(sweep.name) ?? runRound(sweep).finally(() => running.delete(sweep.name));
    running.set(sweep.name, round);
    return round;
  }

  async function runRound(sweep: Sweep): Promise<void> {
    const started = performance.now();
    try {
      const done = await runSweep(sweep, stopping.signal, log, takeTurn);
      const seconds = (performance.now() - started) / 1000;
      onSwept(sweep, done, seconds);
      log[done > 0 ? 'info' : 'debug']({ sweep: sweep.name, done, seconds }, 'swept');
    } catch (err) {
      onFailed(sweep.name);
      log.warn({ sweep: sweep.name, err }, 'sweep failed, the next round tries again');
    }
  }

  const tasks = sweeps.map((sweep) =>
    cron(sweep.schedule, () => startRound(sweep), { name: sweep.name, logger: cronLogger(log) }),
  );
  for (const sweep of sweeps) void startRound(sweep);

  return {
    async stop() {
      stopping.abort();
      await Promise.all(tasks.map(async (task) => task.destroy()));
      await Promise.all(running.values());
    },
  };
}

/** What node-cron has to say, such as that the process was too busy to be on time, in our log and not on the console. */
function cronLogger(log: Logger): CronLogger {
  return {
    debug: (said) => log.debug({ said }, 'cron'),
    info: (said) => log.debug({ said }, 'cron'),
    warn: (said) => log.warn({ said }, 'cron'),
    error: (said, err) => log.error({ err: err ?? said }, 'cron'),
  };
}
