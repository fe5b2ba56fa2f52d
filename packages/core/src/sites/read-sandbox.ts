import { normalizeCode, type CodeFormat } from '../codes/code-format.ts';
import { mayAsk, type AddressRules } from './address-rules.ts';
import { listOf, optional, record, required, text, type Place } from './reading.ts';
import type { SandboxAddress } from './sandbox.ts';
import { address, day } from './site-values.ts';

/** How far ahead the end of a sandbox address may be. */
const longestDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

export interface SandboxRules {
  now: Date;
  /** Whether each address must say when it ends: everywhere but in a trial on localhost. */
  needsEnd: boolean;
}

/** As the file says it: what the code means depends on the rest of the site. */
export interface SandboxEntry {
  address: { key: string; domain: string };
  code: string;
  until: Date | undefined;
}

export const readSandbox = listOf<SandboxEntry>(
  record({
    address: required(address),
    code: required(text('a code as the site makes them', (value) => value)),
    until: optional(undefined, day),
  }),
  { max: 50 },
);

/** The sandbox of a site with these codes and rules. Says what does not go together; then it may lack entries. */
export function settleSandbox(
  entries: readonly SandboxEntry[],
  site: { code: CodeFormat | undefined; addresses: AddressRules | undefined },
  place: Place,
  { now, needsEnd }: SandboxRules,
): SandboxAddress[] {
  const seen = new Set<string>();
  return entries.flatMap(({ address: { key, domain }, code: typed, until }, index) => {
    const here = place.entry(index);
    const code = site.code && normalizeCode(site.code, typed);
    if (site.code && code === undefined) here.member('code').complain('not one that this site makes. It wants its alphabet and length');
    if (site.addresses && !mayAsk(site.addresses, domain)) here.member('address').complain('refused by the site’s own addresses');
    if (seen.has(key)) here.member('address').complain('in the sandbox twice');
    seen.add(key);
    if (!until && needsEnd) here.member('until').complain(`missing. Where PUBLIC_URL is https it wants a day at most ${longestDays} days ahead`);
    if (until && until.getTime() - now.getTime() > (longestDays + 1) * dayMs) {
      here.member('until').complain(`too far ahead. It wants a day at most ${longestDays} days from now`);
    }
    return code === undefined ? [] : [{ key, code, ...(until && { until }) }];
  });
}
