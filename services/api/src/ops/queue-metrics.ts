import type { Producer } from '@daypass/jobs/producer';
import { jobStates, readQueue, type QueueReading } from '@daypass/jobs/read-queue';
import { Gauge, type Registry } from '@prometheus-io/client';

/**
 * Depth and age of a queue, read when they are asked for. Every API process says the same: take the maximum. While
 * Redis is away they are absent, which is not the same as zero.
 */
export function addQueueMetrics<Payload>(registry: Registry, { queue }: Producer<Payload>, now: () => Date): void {
  // Both gauges are collected at the same moment: one reading serves them.
  let underWay: Promise<QueueReading | undefined> | undefined;
  const read = () => {
    underWay ??= readQueue(queue, now())
      .catch(() => undefined)
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  const shared = { labelNames: ['queue', 'state'] as const, registers: [registry] };

  registry.registerMetric(
    new Gauge({
      ...shared,
      name: 'daypass_queue_jobs',
      help: 'Jobs in the queue, by state.',
      async collect() {
        const reading = await read();
        this.reset();
        for (const state of reading ? jobStates : []) {
          this.set({ queue: queue.name, state }, reading?.counts[state] ?? 0);
        }
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      ...shared,
      name: 'daypass_queue_oldest_job_age_seconds',
      help: 'Age of the job that has been in the queue longest, by state.',
      async collect() {
        const reading = await read();
        this.reset();
        for (const [state, age] of Object.entries(reading?.oldestAgeSeconds ?? {})) {
          this.set({ queue: queue.name, state }, age);
        }
      },
    }),
  );
}
