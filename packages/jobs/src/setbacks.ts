import { readableReason } from './readable-reason.ts';

/** How often a job was put off, by what a server said of it and by trouble that is not its own, and why the last time. Kept with the job. */
export interface Setbacks {
  deferred: number;
  troubled: number;
  reason?: string;
}

/** @param progress of a job, as it stands in Redis, where it may be anything */
export function readSetbacks(progress: unknown): Setbacks {
  const { deferred, troubled, reason } = typeof progress === 'object' && progress !== null ? (progress as Partial<Record<keyof Setbacks, unknown>>) : {};
  const count = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0);
  return { deferred: count(deferred), troubled: count(troubled), ...(reason !== undefined && { reason: readableReason(reason) }) };
}
