import { digestAddress } from '../keys/digest-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { Limit, Window } from './limit.ts';
import { networkOf } from './network.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The pause between two mails to one address, as the API announces it. */
export const resendPauseSeconds = 60;

const addressWindows: Window[] = [
  { max: 1, windowMs: resendPauseSeconds * 1000 },
  { max: 5, windowMs: hourMs },
  { max: 10, windowMs: dayMs },
];
const networkWindows: Window[] = [{ max: 300, windowMs: 5 * minuteMs }];
const guessWindows: Window[] = [{ max: 10, windowMs: dayMs }];
const enrolmentWindows: Window[] = [{ max: 10, windowMs: 5 * minuteMs }];

/** Mails to one address, all sites together: every request and every resend is one. */
export function addressLimit(addressDigest: string): Limit {
  return { name: 'address', subject: addressDigest, windows: addressWindows };
}

/** Requests from one network: an IPv4 address, or an IPv6 /64. */
export function networkLimit(indexKey: IndexKey, ip: string): Limit {
  return { name: 'network', subject: digestNetwork(indexKey, ip), windows: networkWindows };
}

/** Authenticator apps enrolled from one network. */
export function enrolmentLimit(indexKey: IndexKey, ip: string): Limit {
  return { name: 'totp-enrolment', subject: digestNetwork(indexKey, ip), windows: enrolmentWindows };
}

/** Codes of authenticator apps, right and wrong ones, typed in one network. */
export function totpGuessLimit(indexKey: IndexKey, ip: string): Limit {
  return { name: 'totp-guess', subject: digestNetwork(indexKey, ip), windows: networkWindows };
}

/** Guesses against one address without a challenge id, all sites together. */
export function guessLimit(indexKey: IndexKey, addressKey: string): Limit {
  return {
    name: 'address-guess',
    subject: digestAddress(indexKey, addressKey),
    windows: guessWindows,
  };
}

function digestNetwork(indexKey: IndexKey, ip: string): string {
  return mac(indexKey.network, [networkOf(ip)]);
}
