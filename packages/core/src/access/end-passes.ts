import { parseAddress } from '../address/parse-address.ts';
import { digestAddress } from '../keys/digest-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Clock } from '../ports.ts';
import type { Revocations } from './revocations.ts';
import type { Pass } from './verify-pass.ts';

/**
 * Takes back every pass of a visitor at the pass's site. Where the pass says the address, no browser is known for it any
 * more either: who ends everything may have lost one.
 */
export function createEndPasses(dependencies: {
  indexKey: IndexKey;
  revocations: Pick<Revocations, 'endVisitor'>;
  revokeDevices: (addressDigest: string, now: Date) => Promise<void>;
  now: Clock;
}): (pass: Pass) => Promise<void> {
  const { indexKey, revocations, revokeDevices, now } = dependencies;
  return async (pass) => {
    const address = pass.email === undefined ? undefined : parseAddress(pass.email);
    await revocations.endVisitor(pass);
    if (address) await revokeDevices(digestAddress(indexKey, address.key), now());
  };
}
