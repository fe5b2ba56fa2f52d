import type { Site } from '@daypass/core/sites/site';
import { renderCodeMail, type RenderedMail } from '@daypass/mailer-worker/templates/code-mail';
import { builtInTemplate, type Template } from '@daypass/mailer-worker/templates/template';
import { locales, type Locale } from '@daypass/messages/locale';
import { escapeHtml } from '@daypass/runtime/escape-html';

const sampleCode = { alphanumeric: '7Q4MZ0XK9ABC', numeric: '0123456789' } as const;

/** The mail of a site in one language, with a code that opens nothing. */
export function sampleMail(site: Site, locale: Locale, template: Template = builtInTemplate): RenderedMail {
  const { alphabet, length } = site.codeFormat;
  const envelope = { address: 'visitor@example.com', code: sampleCode[alphabet].slice(0, length), locale };
  return renderCodeMail({ id: 'sample', send: 1, site, issuedAt: new Date(0), addressDigest: '', envelope }, template);
}

/** All mails beside each other: subject, HTML and text. */
export function previewPage(sites: readonly Site[], templateOf: (siteId: string) => Template): string {
  const shown = sites.flatMap((site) => locales.map((locale) => show(site, locale, templateOf(site.id)))).join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails of Daypass</title>
<style>body{font:15px system-ui,sans-serif;margin:24px;background:#eee}section{background:#fff;padding:16px;margin:0 0 16px}
iframe{width:100%;height:320px;border:1px solid #ccc}pre{white-space:pre-wrap;background:#f6f6f6;padding:12px}</style></head><body>
${shown}</body></html>`;
}

function show(site: Site, locale: Locale, template: Template): string {
  const { subject, text } = sampleMail(site, locale, template);
  return `<section><h2>${escapeHtml(site.id)}, ${locale}</h2><p dir="auto"><b>${escapeHtml(subject)}</b></p>
<iframe title="${escapeHtml(`${site.id} in ${locale}`)}" src="/${encodeURIComponent(site.id)}/${locale}"></iframe>
<pre dir="auto">${escapeHtml(text)}</pre></section>`;
}
