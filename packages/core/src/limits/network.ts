import ipaddr from 'ipaddr.js';

/**
 * The network that a client is counted by. One IPv4 address; of IPv6 the /64, which is what one household or
 * one rented server has (RFC 6177 §2). An IPv4 address inside IPv6 (RFC 4291 §2.5.5.2) is the IPv4 address.
 */
export function networkOf(ip: string): string {
  const address = ipaddr.process(ip.replace(/%.*$/, ''));
  if (address.kind() === 'ipv4') return address.toString();
  const [network] = ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toNormalizedString().split('%');
  return `${network}/64`;
}
