/** When a job that failed, but may still succeed, is tried again. */
export interface RetryPolicy {
  attempts: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

/**
 * Doubling delays up to a maximum, each between half and all of its value: a store that comes back is not met by
 * everybody at the same moment.
 *
 * @param attemptsMade failures so far, from 1
 * @param random from 0 up to 1
 */
export function retryDelayMs(policy: RetryPolicy, attemptsMade: number, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attemptsMade - 1));
  return Math.round(full * (0.5 + random / 2));
}
