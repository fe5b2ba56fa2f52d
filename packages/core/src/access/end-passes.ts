import { parseAddress } from '../address/parse-address.ts';
import { digestAddress } from '../keys/digest-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Clock } from '../ports.ts';
import { devicesOf } from './revoke-devices.ts';
import type { Revocations } from './revocations.ts';
import type { Pass } from './verify-pass.ts';

/**
 * Takes back every pass of a visitor at the pass's site, where no browser of theirs is known any more either: who ends
 * everything may have lost one. Where the pass says the address, none is known for it at any site.
 */
export function createEndPasses(dependencies: {
  indexKey: IndexKey;
  revocations: Pick<Revocations, 'endVisitor'>;
  revokeDevices: (whose: string, at: Date) => Promise<void>;
  now: Clock;
}): (pass: Pass) => Promise<void> {
  const { indexKey, revocations, revokeDevices, now } = dependencies;
  return async (pass) => {
    const address = pass.email === undefined ? undefined : parseAddress(pass.email);
    await revocations.endVisitor(pass);
    // A browser's token was made in the moment of the pass, maybe by a machine whose clock is ahead.
    const endedAt = new Date(Math.max(now().getTime(), pass.issuedAt.getTime()));
    await revokeDevices(devicesOf(indexKey, pass), endedAt);
    if (address) await revokeDevices(digestAddress(indexKey, address.key), endedAt);
  };
}
