import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';

/**
 * Whose mail domains may ask a site for codes. A pattern is a domain, `example.com`, or everything below one,
 * `*.example.com`; domains in ASCII and lower case.
 */
export interface AddressRules {
  /** Nobody else may. */
  allow?: ReadonlySet<string>;
  block: ReadonlySet<string>;
  /** Domains that hand out mailboxes for a moment. */
  disposable: 'allow' | 'block';
}

export const anyAddress: AddressRules = { block: new Set(), disposable: 'allow' };

/** Whether the rules keep anybody out. */
export function keepsOut({ allow, block, disposable }: AddressRules): boolean {
  return allow !== undefined || block.size > 0 || disposable === 'block';
}

/** @param domain in ASCII and lower case, as {@link parseAddress} gives it */
export function mayAsk({ allow, block, disposable }: AddressRules, domain: string): boolean {
  if (allow && !covers(allow, domain)) return false;
  return !covers(block, domain) && (disposable === 'allow' || !isDisposable(domain));
}

function covers(patterns: ReadonlySet<string>, domain: string): boolean {
  if (patterns.size === 0) return false;
  return patterns.has(domain) || parentsOf(domain).some((parent) => patterns.has(`*.${parent}`));
}

let disposableDomains: ReadonlySet<string> | undefined;

/** Who hands out mailboxes at a domain mostly takes mail for everything below it, too. */
function isDisposable(domain: string): boolean {
  disposableDomains ??= disposableEmailBlocklistSet();
  const known = disposableDomains;
  return [domain, ...parentsOf(domain)].some((each) => known.has(each));
}

/** `b.c` and `c` of `a.b.c`. */
function parentsOf(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(1).map((_label, index) => labels.slice(index + 1).join('.'));
}
