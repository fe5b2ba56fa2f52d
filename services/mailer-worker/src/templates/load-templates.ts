import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeMail } from '@daypass/core/codes/issue-code';
import type { Site } from '@daypass/core/sites/site';
import { locales } from '@daypass/messages/locale';
import { ConfigurationError } from '@daypass/runtime/read-environment';
import { renderCodeMail } from './code-mail.ts';
import { builtInTemplate, readTemplate, type Template } from './template.ts';

const mostBytes = 20_000;
const sample: CodeMail['envelope'] = { address: 'visitor@example.com', code: '' };
const sampleCode = { alphanumeric: '7Q4MZ0XK9ABC', numeric: '0123456789' } as const;

/** What would tell somebody that the mail was read, or takes its reader elsewhere. */
const reachesOut = /https?:|\/\/[a-z0-9-]+\.|<(a|img|link|script|iframe|form|object|embed|video|audio)\b|url\(|\bsrc=|\bhref=/i;

/**
 * The template of each site: `<folder>/<site>/`, or else `<folder>/default/`, or else the built-in one. Each is rendered
 * in every language with sample data.
 *
 * @throws ConfigurationError that names every template that does not work, and why
 */
export function loadTemplates(folder: string, sites: readonly Site[]): (siteId: string) => Template {
  if (folder === '') return () => builtInTemplate;
  const problems: string[] = [];
  const templates = new Map<string, Template>();
  if (!existsSync(folder)) throw new ConfigurationError(['DAYPASS_TEMPLATES names a folder that is not there.']);
  for (const site of sites) {
    const own = [site.id, 'default'].find((name) => existsSync(join(folder, name)));
    if (own === undefined) continue;
    try {
      const template = readTemplate(join(folder, own));
      problems.push(...problemsOf(template, site).map((problem) => `The template "${own}" ${problem}`));
      templates.set(site.id, template);
    } catch (error) {
      problems.push(`The template "${own}" cannot be used: ${error instanceof Error ? error.message : 'it fails'}`);
    }
  }
  const known = new Set(['default', ...sites.map(({ id }) => id)]);
  const strays = readdirSync(folder).filter((name) => !name.startsWith('.') && !known.has(name));
  problems.push(...strays.map((name) => `The template "${name}" belongs to no site.`));
  if (problems.length > 0) throw new ConfigurationError([...new Set(problems)]);
  return (siteId) => templates.get(siteId) ?? builtInTemplate;
}

/** What is wrong with a template, found by using it. */
function problemsOf(template: Template, site: Site): string[] {
  const { alphabet, length } = site.codeFormat;
  const code = sampleCode[alphabet].slice(0, length);
  return locales.flatMap((locale) => {
    const mail: CodeMail = { id: 'sample', send: 1, site, issuedAt: new Date(0), addressDigest: '', envelope: { ...sample, code, locale } };
    const { text, html } = renderCodeMail(mail, template);
    const groups = new RegExp(`^\\s*${[...code].join('[ -]?')}\\s*$`, 'm');
    const said: [boolean, string][] = [
      [!groups.test(text), 'does not show the code alone on a line of its text.'],
      [!groups.test(html.replaceAll(/<[^>]*>/g, '\n')), 'does not show the code alone in an element of its HTML.'],
      [reachesOut.test(text) || reachesOut.test(html), 'has a link, an image, a script or something else that is fetched.'],
      [Buffer.byteLength(text) + Buffer.byteLength(html) > mostBytes, `is larger than ${mostBytes / 1000} kB.`],
      [/\bundefined\b|\[object /.test(text + html), 'shows a value that there is not.'],
    ];
    return said.filter(([wrong]) => wrong).map(([, problem]) => problem);
  });
}
