import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';
import type { Sweep } from './sweep.ts';

export interface SweepMetrics {
  swept: (sweep: Sweep, done: number, seconds: number) => void;
  failed: (name: string) => void;
}

export function createSweepMetrics(registry: Registry, sweeps: readonly Sweep[]): SweepMetrics {
  const deletions = new Counter({
    name: 'daypass_sweep_deleted_total',
    help: 'Things deleted because their time was over.',
    labelNames: ['sweep'],
    registers: [registry],
  });
  const resealings = new Counter({
    name: 'daypass_sweep_resealed_total',
    help: 'Things sealed anew because their key is no longer the active one.',
    labelNames: ['sweep'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'daypass_sweep_failures_total',
    help: 'Rounds of a sweep that ended with an error.',
    labelNames: ['sweep'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'daypass_sweep_duration_seconds',
    help: 'How long a round of a sweep took.',
    labelNames: ['sweep'],
    buckets: [0.01, 0.1, 1, 10, 60, 300],
    registers: [registry],
  });
  registry.registerMetric(
    new Gauge({
      name: 'daypass_sweep_lag_seconds',
      help: 'How long the oldest thing that is due has been due.',
      labelNames: ['sweep'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { name, lagSeconds } of sweeps) {
          // Unknown is absent, not zero.
          const lag = await lagSeconds?.().catch(() => undefined);
          if (lag !== undefined) this.set({ sweep: name }, lag);
        }
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'daypass_sweep_backlog',
      help: 'Things that wait for a sweep. An old key may not be removed while any wait to be sealed anew.',
      labelNames: ['sweep'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { name, backlog } of sweeps) {
          const waiting = await backlog?.().catch(() => undefined);
          if (waiting !== undefined) this.set({ sweep: name }, waiting);
        }
      },
    }),
  );
  return {
    swept({ name: sweep, does }, done, seconds) {
      const counter = { delete: deletions, reseal: resealings }[does];
      counter.inc({ sweep }, done);
      durations.observe({ sweep }, seconds);
    },
    failed: (sweep) => failures.inc({ sweep }),
  };
}
