import { parseSites } from '@daypass/core/sites/parse-sites';
import { builtInSite, type Site } from '@daypass/core/sites/site';
import { readConfigFile } from '@daypass/runtime/read-config-file';

/** The sites of the deployment. Throws ConfigurationError with every mistake. */
export function readSitesFile(path: string, now: Date): readonly Site[] {
  if (path === '') return [builtInSite([])];
  return readConfigFile('DAYPASS_SITES', path, (text) => parseSites(text, { now, needsEnd: false })).sites;
}
