import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import { deviceTokenSeconds } from './device-token.ts';

/** Keeps that tokens of somebody (a digest) that were issued up to `at` count for nothing, for `keepMs`. */
export type KeepRevocation = (whose: string, at: Date, keepMs: number) => Promise<void>;

/**
 * Makes every known browser of an address unknown, or of a visitor at one site ({@link devicesOf}): of the tokens that were
 * issued before `at` none counts any more. It is remembered for as long as they would have lived.
 */
export function createRevokeDevices(dependencies: {
  keepRevocation: KeepRevocation;
}): (whose: string, at: Date) => Promise<void> {
  const { keepRevocation } = dependencies;
  return (whose, at) => keepRevocation(whose, at, deviceTokenSeconds * 1000);
}

/** The browsers of a visitor at a site, for when no more is known of them than a pass says. */
export function devicesOf(indexKey: IndexKey, { site, subject }: { site: string; subject: string }): string {
  return mac(indexKey.revocation, ['devices', site, subject]);
}
