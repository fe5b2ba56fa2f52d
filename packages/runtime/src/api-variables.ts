import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { isLoopback } from './config.ts';
import { flag, list, type Variable } from './variable.ts';

/** The variables that only the API reads, besides `daypass doctor`, which says whether it can start, and `npm start`, before it starts anything. */

/** Someone who may look at the queue dashboard. */
export interface OpsUser {
  name: string;
  secret: string;
}

export const publicUrl: Variable<string> = {
  name: 'PUBLIC_URL',
  wants: 'the address that browsers use, without a path: https://… (http: only for localhost)',
  parse(value) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || url.pathname !== '/' || url.search || url.hash || url.username) return undefined;
    const plain = url.protocol === 'http:' && isLoopback(url.hostname);
    return plain || url.protocol === 'https:' ? url.origin : undefined;
  },
};

export const opsUsers: Variable<OpsUser[]> = {
  name: 'OPS_USERS',
  wants: 'name:secret pairs, comma-separated, each secret at least 12 characters',
  parse(value) {
    const users = list(value).map((entry) => /^(?<name>[^:\s]{1,64}):(?<secret>\S{12,})$/.exec(entry)?.groups);
    return users.every((user) => user !== undefined)
      ? users.map(({ name = '', secret = '' }) => ({ name, secret }))
      : undefined;
  },
  fallback: '',
  secret: true,
};

export const opsWrite: Variable<boolean> = {
  name: 'OPS_WRITE',
  wants: '1 to let those in OPS_USERS retry failed jobs from the dashboard; otherwise 0',
  parse: flag,
  fallback: '0',
};

export const reportSecret: Variable<string> = {
  name: 'DAYPASS_REPORT_SECRET',
  wants: 'what whoever reports bounces has to know, 24 characters or more; without it none are taken',
  parse: (value) => (value === '' || /^[\x21-\x7e]{24,256}$/.test(value) ? value : undefined),
  fallback: '',
  secret: true,
};

export const trustedProxies: Variable<string[]> = {
  name: 'TRUSTED_PROXIES',
  wants: 'addresses or CIDR ranges of your own proxies, none wider than these, comma-separated: 10.0.0.0/8, fc00::/7',
  parse: (value) => (list(value).every(isRange) ? list(value) : undefined),
  fallback: '',
};

/** No wider than the ranges that are private (RFC 1918, RFC 4193): who trusts all peers lets each of them say where it comes from. */
const shortestPrefix = { ipv4: 8, ipv6: 7 } as const;

function isRange(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  if (isIP(address) === 0) return false; // Nor 10/8, which some read as 10.0.0.0 and some as 0.0.0.10.
  if (prefix === undefined) return true;
  if (!ipaddr.isValidCIDR(text)) return false;
  const [range, bits] = ipaddr.parseCIDR(text);
  if (range instanceof ipaddr.IPv6 && range.isIPv4MappedAddress()) return bits >= 96 + shortestPrefix.ipv4;
  return bits >= shortestPrefix[range.kind()];
}
