/** Why a job failed, or waits, as it stands in Redis: a short name. Whoever can write there could have put anything in its place, which is not shown. */
export function readableReason(stored: unknown): string {
  return typeof stored === 'string' && /^[\w ]{1,64}$/.test(stored) ? stored : 'unreadable';
}
