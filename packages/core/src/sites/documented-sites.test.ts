import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSites } from './parse-sites.ts';
import { builtInSite } from './site.ts';

const page = readFileSync(new URL('../../../../docs/operations/sites.md', import.meta.url), 'utf8');
const example = /```yaml\n([\s\S]+?)```/.exec(page)?.[1] ?? '';
const rules = { now: new Date('2027-01-01T00:00:00Z'), needsEnd: true };
const parsed = parseSites(example, rules);

test('the example of the documents is a sites file without mistakes', () => {
  expect(parsed).toMatchObject({ ok: true, sites: [{ id: 'default' }, { id: 'shop' }] });
});

test('it shows every member that a site may have', () => {
  const nothing = parseSites('sites: [nothing]', rules);
  const members = /a mapping of (.+)\.$/.exec(nothing.ok ? '' : (nothing.mistakes[0] ?? ''))?.[1]?.split(', ') ?? [];
  expect(members).toContain('proofOfWork');
  for (const member of members) expect(example).toMatch(new RegExp(`^    ${member}:`, 'm'));
});

test('what it calls a default is one', () => {
  const [, shop] = parsed.ok ? parsed.sites : [];
  const { locale, codeFormat, codeTtlSeconds, patienceSeconds, passTtlSeconds, passCarriesEmail, methods, limits, proofOfWork, totp } = builtInSite([]);
  expect(shop).toMatchObject({
    locale,
    codeFormat,
    codeTtlSeconds,
    patienceSeconds,
    passTtlSeconds,
    passCarriesEmail,
    methods,
    limits,
    proofOfWork,
    totp: { ...totp, anonymous: false },
  });
});

test('the messages that it shows are those that are given', () => {
  const shown = [...page.matchAll(/^DAYPASS_SITES: (.+)$/gm)].map(([, message = '']) => message.replace(/…$/, ''));
  const site = (id: string, limits = {}) => ({ id, name: 'A', limits });
  const said = parseSites(JSON.stringify({ sites: [site('a'), site('b', { addressPerDay: 101, addresPerHour: 1 })] }), rules);
  const twice = parseSites(JSON.stringify({ sites: [site('a'), site('b'), site('a')] }), rules);
  const mistakes = [said, twice].flatMap((each) => (each.ok ? [] : each.mistakes));
  expect(shown).toHaveLength(3);
  for (const message of shown) expect(mistakes.some((mistake) => mistake.startsWith(message))).toBe(true);
});
