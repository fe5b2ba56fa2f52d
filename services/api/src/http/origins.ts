import type { Site } from '@daypass/core/sites/site';
import type { Sites } from '@daypass/core/sites/sites';
import { isLoopback } from '@daypass/runtime/config';

/** The origins that a browser may call from. */
export interface Origins {
  /** For any site. */
  any(origin: string): boolean;
  /** For this one. */
  of(siteId: string, origin: string): boolean;
  /** Whether a visitor of this site may be sent back to it after a login. */
  mayReturn(site: Site, origin: string): boolean;
}

/**
 * Those of the sites, as they are at the moment, and our own. While PUBLIC_URL is loopback, so may every other port of
 * this machine be: whoever tries it out has a frontend on one of them.
 */
export function allowedOrigins(publicUrl: string, sites: Sites): Origins {
  const own = new URL(publicUrl);
  const localTrial = isLoopback(own.hostname);
  const everywhere = (origin: string) =>
    origin === own.origin || (localTrial && URL.canParse(origin) && isLoopback(new URL(origin).hostname));
  return {
    any: (origin) => sites.haveOrigin(origin) || everywhere(origin),
    mayReturn: ({ returnOrigins }, origin) => returnOrigins.includes(origin) || everywhere(origin),
    of: (siteId, origin) => sites.byId(siteId)?.origins.includes(origin) === true || everywhere(origin),
  };
}
