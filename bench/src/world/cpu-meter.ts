import { readFileSync } from 'node:fs';
import { quantile } from '../statistics.ts';
import type { Program } from './program.ts';
import type { World } from './world.ts';

/** How much processor time one answer takes: what is left of a figure when other programs want the machine, too. */
export interface CpuMeter {
  /** Runs what has `program` at work, and notes what each of its answers cost. */
  around<T extends { count: number }>(program: Program, work: () => Promise<T>): Promise<T>;
  /** "212 µs (Redis 61, MongoDB 0)" */
  shown(): string;
}

/** The kernel's tick, on every machine that Linux runs on today. */
const tickMs = 10;

export function createCpuMeter({ redisPid, mongo }: World): CpuMeter {
  const perAnswer = { own: [] as number[], redis: [] as number[], mongo: [] as number[] };
  const median = (values: readonly number[]) => quantile(values, 0.5).toFixed(0);
  return {
    async around({ pid }, work) {
      const used = () => ({ own: usedMs(pid), redis: usedMs(redisPid), mongo: usedMs(mongo.pid) });
      const before = used();
      const done = await work();
      const after = used();
      for (const who of ['own', 'redis', 'mongo'] as const) perAnswer[who].push(((after[who] - before[who]) * 1000) / done.count);
      return done;
    },
    shown: () => `${median(perAnswer.own)} µs (Redis ${median(perAnswer.redis)}, MongoDB ${median(perAnswer.mongo)})`,
  };
}

/** User and system time of a process so far (proc_pid_stat(5), fields 14 and 15). */
function usedMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}
