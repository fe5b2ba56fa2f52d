import type { Program } from '../world/program.ts';

/** Resolves when the sweeper says that its round through expired challenges is over. */
export function untilSwept(sweeper: Program): Promise<{ deleted: number; seconds: number }> {
  return sweeper.said((line) => {
    const { msg, sweep, deleted, seconds } = line;
    if (msg !== 'swept' || sweep !== 'expired-challenges') return undefined;
    return typeof deleted === 'number' && typeof seconds === 'number' ? { deleted, seconds } : undefined;
  });
}
