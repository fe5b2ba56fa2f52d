import { BlockList, isIPv6 } from 'node:net';

/** Whether a peer is a proxy of ours, by its address. */
export type TrustProxy = (address: string | undefined) => boolean;

/** Peers are few, and asked about with every request. */
const mostRemembered = 1_000;

/** @param ranges addresses and CIDR ranges; an IPv4 peer of an IPv6 socket (RFC 4291 §2.5.5.2) is the IPv4 one */
export function createTrustProxy(ranges: readonly string[]): TrustProxy {
  const trusted = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const remembered = new Map<string, boolean>();

  return (address) => {
    if (address === undefined) return false;
    const known = remembered.get(address);
    if (known !== undefined) return known;
    const trust = trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(address, trust);
    return trust;
  };
}
