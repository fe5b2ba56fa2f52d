import { expect, test } from 'vitest';
import { builtInSite } from './site.ts';
import { replaceSites } from './replace-sites.ts';
import { createSites } from './sites.ts';

const site = builtInSite(['https://app.example']);
const named = (id: string) => ({ ...site, id });

test('sites are replaced all at once, and it is said what became of each that is not as it was', () => {
  const sites = createSites([named('kept'), named('changed'), named('removed')]);
  const next = [named('kept'), { ...named('changed'), name: 'Other' }, named('added')];
  expect(replaceSites(sites, next)).toEqual({ added: ['added'], removed: ['removed'], changed: ['changed'] });
  expect(sites.all).toBe(next);
});

test('whoever asks gets the sites as they are', () => {
  const sites = createSites([named('old')]);
  const tag = sites.tagOf(named('old'));
  sites.replace([{ ...named('fresh'), origins: ['https://fresh.example'] }]);
  expect(sites.byId('old')).toBeUndefined();
  expect(sites.byTag(tag)).toBeUndefined();
  expect(sites.byTag(sites.tagOf(named('fresh')))?.id).toBe('fresh');
  expect([sites.haveOrigin('https://app.example'), sites.haveOrigin('https://fresh.example')]).toEqual([false, true]);
  expect(sites.tagOf(named('old'))).toBe(tag); // For a request that began before.
});

test('sites that do not go together change nothing', () => {
  const sites = createSites([named('old')]);
  expect(() => sites.replace([named('twice'), named('twice')])).toThrow(/share an id/);
  expect(sites.byId('old')).toBeDefined();
});

test('a rule for domains is part of what changes', () => {
  const rules = (domain: string) => ({ ...site, addresses: { block: new Set([domain]), disposable: 'allow' as const } });
  expect(replaceSites(createSites([rules('a.example')]), [rules('a.example')]).changed).toEqual([]);
  expect(replaceSites(createSites([rules('a.example')]), [rules('b.example')]).changed).toEqual(['default']);
});
