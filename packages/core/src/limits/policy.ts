import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { Site } from '../sites/site.ts';
import type { Limit } from './limit.ts';
import { networkOf } from './network.ts';
import type { Budget, RequestLimits, RequestRules } from './request-limits.ts';
import type { WrongCode } from './wrong-codes.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Guesses against one address without a challenge id, in a rolling day. */
const guessesPerDay = 10;

/** From so many wrong codes in a row for an address on, each new challenge for it needs a proof of work. */
const failuresForProof = 10;
const failuresEndAfterMs = 30 * dayMs;

/** NIST SP 800-63B-4 §3.2.2: no more than 100 in a row, and waits that grow. A `step` is what one challenge gives. */
const wait = { fromFailures: 100, firstMs: 15 * minuteMs, longestMs: dayMs, step: 5 };

const proofRules = { off: 'never', automatic: 'when needed', always: 'always' } as const;

export interface Asker {
  site: Site;
  addressDigest: string;
  ip: string;
}

/** What a request for a code spends. The address and the network are counted for all sites together. */
export function requestLimits(indexKey: IndexKey, { site, addressDigest, ip }: Asker): RequestLimits {
  return { rules: rulesOf(site).request, addressDigest, networkDigest: digestNetwork(indexKey, ip) };
}

/** What a resend spends: the same, but it gives no new guesses, so it needs no proof and waits for no failures. */
export function resendLimits(indexKey: IndexKey, asker: Asker): RequestLimits {
  return { ...requestLimits(indexKey, asker), rules: rulesOf(asker.site).resend };
}

interface SiteRules {
  request: RequestRules;
  resend: RequestRules;
}
const madeRules = new WeakMap<Site, SiteRules>();

function rulesOf(site: Site): SiteRules {
  const made = madeRules.get(site) ?? makeRules(site);
  madeRules.set(site, made);
  return made;
}

function makeRules(site: Site): SiteRules {
  const { limits, proofOfWork } = site;
  const { addressPauseSeconds, addressPerHour, addressPerDay, addressKeptForHolder } = limits;
  const paced = [
    { max: 1, windowMs: addressPauseSeconds * 1000 },
    { max: addressPerHour, windowMs: hourMs },
  ];
  const rules = {
    address: {
      strangers: [...paced, { max: addressPerDay - addressKeptForHolder, windowMs: dayMs }],
      holders: [{ max: addressPerDay, windowMs: dayMs }],
      holdersOwn: paced,
      kept: { max: addressKeptForHolder, windowMs: dayMs },
    },
    network: { max: limits.networkPer5Minutes, windowMs: 5 * minuteMs },
    site: { site: site.id, max: limits.sitePerMinute, windowMs: minuteMs },
    wrongCodes: wrongCodesBudget(site),
  };
  const proof = { rule: proofRules[proofOfWork], networkFree: limits.networkFreePer5Minutes, failures: failuresForProof };
  return { request: { ...rules, wait, proof }, resend: { ...rules, proof: { ...proof, rule: 'never' } } };
}

/** Codes typed in one network, of mails and of authenticator apps. A right one by id is given back. */
export function verifyLimit(indexKey: IndexKey, ip: string, max: number): Limit {
  return { name: 'network-verify', subject: digestNetwork(indexKey, ip), windows: [{ max, windowMs: 5 * minuteMs }] };
}

/** Wrong credentials of sites, from one network. */
export function credentialsLimit(indexKey: IndexKey, ip: string): Limit {
  return {
    name: 'credentials',
    subject: digestNetwork(indexKey, ip),
    windows: [{ max: 30, windowMs: 5 * minuteMs }],
  };
}

/** Authenticator apps enrolled from one network. */
export function enrolmentLimit(indexKey: IndexKey, ip: string): Limit {
  return { name: 'totp-enrolment', subject: digestNetwork(indexKey, ip), windows: [{ max: 10, windowMs: 5 * minuteMs }] };
}

/** Guesses against one address without a challenge id, all sites together. */
export function guessLimit(addressDigest: string): Limit {
  return { name: 'address-guess', subject: addressDigest, windows: [{ max: guessesPerDay, windowMs: dayMs }] };
}

/** @param addressDigest whose code was missed, if there was one */
export function wrongCode(site: Site, addressDigest?: string): WrongCode {
  return { budget: wrongCodesBudget(site), ...(addressDigest !== undefined && { addressDigest }), failuresEndAfterMs };
}

/** Wrong codes at a site, whatever the address. */
export function wrongCodesBudget({ id, limits }: Site): Budget {
  return { site: id, max: limits.siteWrongCodesPerDay, windowMs: dayMs };
}

function digestNetwork(indexKey: IndexKey, ip: string): string {
  return mac(indexKey.network, [networkOf(ip)]);
}
