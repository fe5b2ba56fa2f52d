import { deviceTokenSeconds } from './device-token.ts';

/** Keeps that tokens for an address that were issued up to `at` count for nothing, for `keepMs`. */
export type KeepRevocation = (addressDigest: string, at: Date, keepMs: number) => Promise<void>;

/**
 * Makes every known browser of an address unknown: of the tokens that were issued before now none counts any more. It
 * is remembered for as long as they would have lived.
 */
export function createRevokeDevices(dependencies: {
  keepRevocation: KeepRevocation;
}): (addressDigest: string, now: Date) => Promise<void> {
  const { keepRevocation } = dependencies;
  return (addressDigest, now) => keepRevocation(addressDigest, now, deviceTokenSeconds * 1000);
}
