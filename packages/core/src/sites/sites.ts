import { siteTagOf } from '../keys/challenge-id.ts';
import type { Site } from './site.ts';

/** The sites of a deployment, by the two names they go by. */
export interface Sites {
  all: readonly Site[];
  byId(id: string): Site | undefined;
  /** By the tag that a challenge id carries. */
  byTag(tag: string): Site | undefined;
  tagOf(site: Site): string;
}

/** Throws when two sites share an id, or (once in 2^32 pairs) a tag. */
export function createSites(all: readonly Site[]): Sites {
  const ids = new Map(all.map((site) => [site.id, site]));
  const tags = new Map(all.map((site) => [siteTagOf(site.id), site]));
  const tagsBySite = new Map([...tags].map(([tag, site]) => [site, tag]));
  if (ids.size !== all.length || tags.size !== all.length) {
    throw new Error('two sites share an id, or a tag made from it: rename one');
  }
  return {
    all,
    byId: (id) => ids.get(id),
    byTag: (tag) => tags.get(tag),
    tagOf: (site) => tagsBySite.get(site) ?? siteTagOf(site.id),
  };
}
