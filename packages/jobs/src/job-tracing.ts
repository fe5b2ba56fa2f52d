import type { Telemetry } from 'bullmq';

/**
 * Carries a trace from the process that queues a job to the one that takes it. Loaded only where tracing is on. What
 * BullMQ writes into its spans are ids, times and the names that verdicts have.
 */
export async function createJobTracing(): Promise<Telemetry> {
  const { BullMQOtel } = await import('bullmq-otel');
  return new BullMQOtel({ tracerName: 'daypass-jobs' });
}
