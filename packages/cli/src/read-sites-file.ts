import { parseSites } from '@daypass/core/sites/parse-sites';
import { builtInSite, type Site } from '@daypass/core/sites/site';
import { readConfigFile } from '@daypass/runtime/read-config-file';

/**
 * The sites of the deployment. Throws ConfigurationError with every mistake.
 *
 * @param publicUrl where it is known: in front of others the API wants more of a sites file
 */
export function readSitesFile(path: string, now: Date, publicUrl = ''): readonly Site[] {
  if (path === '') return [builtInSite([])];
  const needsEnd = publicUrl.startsWith('https:');
  return readConfigFile('DAYPASS_SITES', path, (text) => parseSites(text, { now, needsEnd })).sites;
}
