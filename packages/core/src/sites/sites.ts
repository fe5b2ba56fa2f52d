import { siteTagOf } from '../keys/challenge-id.ts';
import type { Site } from './site.ts';

/**
 * The sites of a deployment, by the names they go by. They may be replaced by others while requests are under way, so
 * whoever needs one asks each time, and works on with what it was given.
 */
export interface Sites {
  readonly all: readonly Site[];
  byId(id: string): Site | undefined;
  /** By the tag that a challenge id carries. */
  byTag(tag: string): Site | undefined;
  tagOf(site: Site): string;
  /** Whether it is an origin of any of them. */
  haveOrigin(origin: string): boolean;
  /** Puts others in their place, all at once. Throws as {@link createSites} does, and then the old ones stay. */
  replace(all: readonly Site[]): void;
}

/** Throws when two sites share an id, or (once in 2^32 pairs) a tag. */
export function createSites(first: readonly Site[]): Sites {
  let index = indexOf(first);
  return {
    get all() {
      return index.all;
    },
    byId: (id) => index.ids.get(id),
    byTag: (tag) => index.tags.get(tag),
    tagOf: (site) => index.tagsById.get(site.id) ?? siteTagOf(site.id),
    haveOrigin: (origin) => index.origins.has(origin),
    replace(all) {
      index = indexOf(all);
    },
  };
}

function indexOf(all: readonly Site[]) {
  const ids = new Map(all.map((site) => [site.id, site]));
  const tags = new Map(all.map((site) => [siteTagOf(site.id), site]));
  if (ids.size !== all.length || tags.size !== all.length) {
    throw new Error('two sites share an id, or a tag made from it: rename one');
  }
  const tagsById = new Map([...tags].map(([tag, { id }]) => [id, tag]));
  const origins = new Set(all.flatMap((site) => site.origins));
  return { all, ids, tags, tagsById, origins };
}
