/** Redis did not take the job in time. Whether it takes it later cannot be known. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable';
  readonly code = 'unavailable';
}
