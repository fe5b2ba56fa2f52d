import type { Program } from '../world/program.ts';

const deadlineMs = 15 * 60_000;

/** Resolves when the sweeper says that its round through expired challenges is over, to the seconds it took. */
export function untilSwept(sweeper: Program): Promise<number> {
  return sweeper.said(deadlineMs, ({ msg, sweep, seconds }) =>
    msg === 'swept' && sweep === 'expired-challenges' && typeof seconds === 'number' ? seconds : undefined,
  );
}
