import { BlockList, isIPv6 } from 'node:net';

export type IsFrom = (address: string | undefined) => boolean;

/** Peers are few, and asked about with every request. */
const mostRemembered = 1_000;

/**
 * Whether an address is in one of the ranges (addresses or CIDR). An IPv4 address that came in on an IPv6 socket (RFC
 * 4291 §2.5.5.2) is found too.
 */
export function createIsFrom(ranges: readonly string[]): IsFrom {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  const remembered = new Map<string, boolean>();

  return (address) => {
    if (address === undefined) return false;
    const known = remembered.get(address);
    if (known !== undefined) return known;
    const isFrom = list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(address, isFrom);
    return isFrom;
  };
}
