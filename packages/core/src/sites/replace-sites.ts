import { isDeepStrictEqual } from 'node:util';
import type { Site } from './site.ts';
import type { Sites } from './sites.ts';

/** What became of the sites of a deployment, by id. */
export interface SiteChanges {
  added: string[];
  removed: string[];
  changed: string[];
}

/** Puts others in the place of the sites, all at once, and says by id what that changed. */
export function replaceSites(sites: Sites, next: readonly Site[]): SiteChanges {
  const before = new Map(sites.all.map((site) => [site.id, site]));
  sites.replace(next);
  return {
    added: next.flatMap(({ id }) => (before.has(id) ? [] : [id])),
    removed: [...before.keys()].filter((id) => !sites.byId(id)),
    changed: next.flatMap((site) => (before.has(site.id) && !isDeepStrictEqual(before.get(site.id), site) ? [site.id] : [])),
  };
}
