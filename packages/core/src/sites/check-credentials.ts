import { refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { credentialsLimit } from '../limits/policy.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { Clock } from '../ports.ts';
import { hasCredential } from './credential.ts';
import type { Sites } from './sites.ts';

/** What a backend signs in with. */
export interface Credentials {
  site: string;
  secret: string;
}

/**
 * Whether a request is from a backend of the site that it is for. Wrong secrets cost its network something, right ones
 * nobody anything: who guesses cannot lock a backend out, wherever they do it.
 */
export function createCheckCredentials(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  spendLimits: SpendLimits;
  now: Clock;
}): (given: Credentials, asked: { site: string; ip: string }) => Promise<{ ok: true } | Refusal> {
  const { sites, indexKey, spendLimits, now } = dependencies;

  return async (given, asked) => {
    // Also for a site that there is not: it takes as long.
    const right = hasCredential(sites.byId(given.site)?.credentials ?? [], given.secret);
    if (right && given.site === asked.site) return { ok: true };
    if (right) return refuse('credentials_invalid', { detail: 'They are those of another site than the request is for.' });

    const spent = await spendLimits([credentialsLimit(indexKey, asked.ip)], now());
    return spent.ok ? refuse('credentials_invalid') : refuseByLimit(spent);
  };
}
