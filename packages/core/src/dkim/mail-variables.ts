import { parseSender } from '../address/parse-sender.ts';
import { parseDkimKey } from './dkim-key.ts';

const domainName = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const listOf = (value: string) => value.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');

/** What sender and signatures are called where they are given, what they want, and how they are read. */
export const mailFromVariable = {
  name: 'MAIL_FROM',
  wants: 'an address, or a name and an address: Daypass <no-reply@example.com>',
  parse: parseSender,
  fallback: 'Daypass <no-reply@localhost>',
};

export const dkimKeyVariable = {
  name: 'DKIM_KEY',
  wants: 'the private key that mails are signed with: PEM, RSA of 2048 bits or more, or Ed25519',
  // The selector belongs to it; the key is looked at here, so that it is named here.
  parse(value: string) {
    if (value !== '') parseDkimKey('', value);
    return value;
  },
  fallback: '',
  secret: true,
};

export const dkimSelectorVariable = {
  name: 'DKIM_SELECTOR',
  wants: 'the name under which the public key is in DNS: letters, digits, dots and hyphens',
  parse: (value: string) => (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(value) ? value : undefined),
  fallback: 'daypass',
};

export const dkimDomainsVariable = {
  name: 'DKIM_DOMAINS',
  wants: 'the domains that mails are signed for, comma-separated; without it that of MAIL_FROM',
  parse: (value: string) => (listOf(value).every((domain) => domainName.test(domain)) ? listOf(value) : undefined),
  fallback: '',
};

export const dnsServersVariable = {
  name: 'DNS_SERVERS',
  wants: 'addresses of name servers, comma-separated, each with or without a port; without it those of the machine',
  parse: listOf,
  fallback: '',
};
