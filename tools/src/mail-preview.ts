// npm run mail:preview [port]
//
// Shows the mails of every site in every language, as DAYPASS_SITES and DAYPASS_TEMPLATES say, on loopback. The
// templates are read again with each page, so that one can be worked on beside it.
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseSites } from '@daypass/core/sites/parse-sites';
import { builtInSite, type Site } from '@daypass/core/sites/site';
import { loadTemplates } from '@daypass/mailer-worker/templates/load-templates';
import { locales } from '@daypass/messages/locale';
import { previewPage, sampleMail } from './mail-preview/preview-page.ts';

const sitesFile = process.env['DAYPASS_SITES'] ?? '';
const folder = process.env['DAYPASS_TEMPLATES'] ?? '';

function readSites(): readonly Site[] {
  if (sitesFile === '') return [builtInSite([])];
  const read = parseSites(readFileSync(sitesFile, 'utf8'), { now: new Date(), needsEnd: false });
  if (!read.ok) throw new Error(read.mistakes.join('\n'));
  return read.sites;
}

function answer(path: string): string {
  const sites = readSites();
  const [, siteId = '', locale = ''] = path.split('/').map(decodeURIComponent);
  const site = sites.find(({ id }) => id === siteId);
  const language = locales.find((name) => name === locale);
  if (site && language) return sampleMail(site, language, loadTemplates(folder, sites)(site.id)).html;
  return previewPage(sites, loadTemplates(folder, sites));
}

const server = createServer((request, response) => {
  try {
    const html = answer(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'" });
    response.end(html);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(error instanceof Error ? error.message : String(error));
  }
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`Mails are shown at http://localhost:${(server.address() as AddressInfo).port}/ until Ctrl-C.`);
});
