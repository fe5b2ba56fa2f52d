import { readFileSync } from 'node:fs';
import { quantile } from '../statistics.ts';
import type { Program } from './program.ts';
import type { World } from './world.ts';

/** How much processor time one answer takes: what is left of a figure when other programs want the machine, too. */
export interface CpuMeter {
  /** Runs `work`, and notes what each of its answers cost. */
  around<T extends { count: number }>(work: () => Promise<T>): Promise<T>;
  /** "212 µs (Redis 61, MongoDB 0)" */
  shown(): string;
}

/** The kernel's tick, on every machine that Linux runs on today. */
const tickMs = 10;

export function createCpuMeter({ redisPid, mongo }: World, programs: readonly Program[]): CpuMeter {
  const meters = {
    own: { pids: programs.map(({ pid }) => pid), perAnswer: [] as number[] },
    redis: { pids: [redisPid], perAnswer: [] as number[] },
    mongo: { pids: [mongo.pid], perAnswer: [] as number[] },
  };
  const all = Object.values(meters);
  const median = ({ perAnswer }: { perAnswer: number[] }) => quantile(perAnswer, 0.5).toFixed(0);
  return {
    async around(work) {
      const before = all.map(({ pids }) => usedMs(pids));
      const done = await work();
      for (const [index, meter] of all.entries()) {
        meter.perAnswer.push(((usedMs(meter.pids) - (before[index] ?? 0)) * 1000) / done.count);
      }
      return done;
    },
    shown: () => `${median(meters.own)} µs (Redis ${median(meters.redis)}, MongoDB ${median(meters.mongo)})`,
  };
}

/** User and system time of these processes so far (proc_pid_stat(5), fields 14 and 15). */
function usedMs(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) * tickMs;
}
