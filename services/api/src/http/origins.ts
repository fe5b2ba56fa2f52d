import type { Sites } from '@daypass/core/sites/sites';
import { isLoopback } from '@daypass/runtime/config';

/** The origins that a browser may call from. */
export type OriginAllowed = (origin: string) => boolean;

/**
 * The origins of all sites, and our own. While PUBLIC_URL is loopback, so may every other port of this machine be:
 * whoever tries it out has a frontend on one of them.
 */
export function allowedOrigins(publicUrl: string, sites: Sites): OriginAllowed {
  const own = new URL(publicUrl);
  const known = new Set([own.origin, ...sites.all.flatMap((site) => site.origins)]);
  const localTrial = isLoopback(own.hostname);
  return (origin) => known.has(origin) || (localTrial && URL.canParse(origin) && isLoopback(new URL(origin).hostname));
}
