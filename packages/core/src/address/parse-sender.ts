import { parseAddress } from './parse-address.ts';

/** Who a mail is from. */
export interface Sender {
  name: string;
  address: string;
  domain: string;
}

const namedAddress = /^\s*(?:"?(?<name>[^"<>\r\n]*?)"?\s*<(?<inner>[^<>]+)>|(?<bare>[^<>\s]+))\s*$/;

/** Reads `name@host` or `Name <name@host>`. */
export function parseSender(text: string): Sender | undefined {
  const { name = '', inner, bare } = namedAddress.exec(text)?.groups ?? {};
  const typed = inner ?? bare ?? '';
  // A sender may live at a host without a dot, on the machine it is tried out on.
  const local = /^([\w.+-]+)@(localhost)$/i.exec(typed);
  if (local) return { name, address: typed, domain: 'localhost' };
  const address = parseAddress(typed);
  return address && { name, address: address.delivery, domain: address.domain };
}
