import { LineCounter, parseDocument } from 'yaml';
import { siteTagOf } from '../keys/challenge-id.ts';
import { listOf, placeAt, record, required, type Place } from './reading.ts';
import { readSite } from './read-site.ts';
import type { SandboxRules } from './read-sandbox.ts';
import type { Site } from './site.ts';

export type ParsedSites = { ok: true; sites: Site[] } | { ok: false; mistakes: string[] };

const maxSites = 1_000;
/** Aliases of an anchor, all of them together: enough for a thousand sites that share their limits. */
const maxAliases = 10_000;
/** Past them nobody reads on. */
const maxMistakes = 100;

/**
 * Reads the text of a sites file, YAML or JSON (which is YAML). It gives the sites, or else everything that is wrong:
 * each mistake with its place and what is wanted there, and nothing of what is there, which could be a secret.
 */
export function parseSites(text: string, rules: SandboxRules): ParsedSites {
  const mistakes: string[] = [];
  const value = parseYaml(text, mistakes);
  const root = placeAt('', mistakes);
  const file = mistakes.length === 0 ? fileOf(rules)(value, root) : undefined;
  if (file) checkTogether(file.sites, root);
  return file && mistakes.length === 0 ? { ok: true, sites: file.sites } : { ok: false, mistakes: mistakes.slice(0, maxMistakes) };
}

function fileOf(rules: SandboxRules) {
  return record({ sites: required(listOf(readSite(rules), { min: 1, max: maxSites })) });
}

/** Each site has an id of its own, and a tag of its own in challenge ids. */
function checkTogether(sites: readonly Site[], root: Place): void {
  const first = new Map<string, number>();
  for (const [index, { id }] of sites.entries()) {
    const place = root.member('sites').entry(index).member('id');
    const earlier = first.get(siteTagOf(id));
    if (earlier === undefined) first.set(siteTagOf(id), index);
    else if (sites[earlier]?.id === id) place.complain(`that of sites[${earlier}]. It wants one of its own`);
    else place.complain(`too close to that of sites[${earlier}]: by chance both have the same short mark. It wants another one`);
  }
}

/** Of what the parser says only its code and the line: the rest quotes the file. */
function parseYaml(text: string, mistakes: string[]): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, stringKeys: true });
  for (const { code, pos } of [...document.errors, ...document.warnings].slice(0, maxMistakes)) {
    mistakes.push(`Line ${lines.linePos(pos[0]).line} is no YAML (${code}).`);
  }
  if (mistakes.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch {
    mistakes.push('The file is larger than it looks: it refers to its own parts too often.');
    return undefined;
  }
}
