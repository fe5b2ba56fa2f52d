import ipaddr from 'ipaddr.js';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** Written as we would write it: nearly everybody's is, and a zero in front could mean octal. */
const plainIpv4 = new RegExp(`^(?:${octet}\\.){3}${octet}$`);

/**
 * The network that a client is counted by. One IPv4 address; of IPv6 the /64, which is what one household or
 * one rented server has (RFC 6177 §2). An IPv4 address inside IPv6 (RFC 4291 §2.5.5.2) is the IPv4 address.
 * Whom a proxy calls by no address are counted together: that is no reason to let them in uncounted, or to fail.
 */
export function networkOf(ip: string): string {
  if (plainIpv4.test(ip)) return ip;
  const bare = bareAddress(ip);
  if (!ipaddr.isValid(bare)) return 'unknown';
  const address = ipaddr.process(bare);
  if (address.kind() === 'ipv4') return address.toString();
  const [network] = ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toNormalizedString().split('%');
  return `${network}/64`;
}

/** Without the port that some proxies write along, and without a zone. */
function bareAddress(ip: string): string {
  const { v6, v4 } = /^(?:\[(?<v6>.+)\](?::\d+)?|(?<v4>\d+(?:\.\d+){3}):\d+)$/.exec(ip)?.groups ?? {};
  return (v6 ?? v4 ?? ip).replace(/%.*$/, '');
}
