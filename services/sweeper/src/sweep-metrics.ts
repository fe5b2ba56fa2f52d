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
        await setEach(this, sweeps, ({ lagSeconds }) => lagSeconds?.());
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
        await setEach(this, sweeps, ({ backlog }) => backlog?.());
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

/**
 * Asks all at once: where the database is away each takes its time to find out, and who scrapes does not wait for long.
 * Unknown is absent, not zero.
 */
async function setEach(gauge: Gauge<'sweep'>, sweeps: readonly Sweep[], ask: (sweep: Sweep) => Promise<number> | undefined): Promise<void> {
  const figures = await Promise.all(sweeps.map(async (sweep) => ask(sweep)?.catch(() => undefined)));
  gauge.reset();
  for (const [index, { name }] of sweeps.entries()) {
    const figure = figures[index];
    if (figure !== undefined) gauge.set({ sweep: name }, figure);
  }
}
