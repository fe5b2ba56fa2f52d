import { isDeepStrictEqual } from 'node:util';
import type { Site } from './site.ts';

/** What became of the sites of a deployment, by id. */
export interface SiteChanges {
  added: string[];
  removed: string[];
  changed: string[];
}

export function compareSites(before: readonly Site[], after: readonly Site[]): SiteChanges {
  const old = byId(before);
  const current = byId(after);
  return {
    added: after.flatMap(({ id }) => (old.has(id) ? [] : [id])),
    removed: before.flatMap(({ id }) => (current.has(id) ? [] : [id])),
    changed: after.flatMap((site) => (old.has(site.id) && !isDeepStrictEqual(old.get(site.id), site) ? [site.id] : [])),
  };
}

function byId(sites: readonly Site[]): Map<string, Site> {
  return new Map(sites.map((site) => [site.id, site]));
}
