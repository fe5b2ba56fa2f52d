import type { Site } from '@daypass/core/sites/site';
import { escapeHtml } from '@daypass/runtime/escape-html';
import { tell, isGoodNews, type Notice } from '../notice.ts';
import type { PageTexts } from '../page-texts.ts';
import { siteColours } from '../site-colours.ts';
import { hashOf, style } from '../style.ts';

/** A page, and what its content security policy has to let it do. */
export interface HtmlPage {
  html: string;
  /** Digests of its style sheets besides the one that all have. */
  styles: string[];
  runs: boolean;
  shows: boolean;
}

/** What it is a page of. */
export interface PageOf {
  texts: PageTexts;
  /** Whose name, colour and logo it has; `undefined` where that is not known. */
  site?: Site | undefined;
}

/**
 * A whole page around `body`, which must be escaped already.
 *
 * @param options.runs whether the script of the hosted pages is in it
 * @param options.entry whether it is one of the way in: that is said above it
 */
export function layout(
  { texts, site }: PageOf,
  { title, body, runs = false, entry = false }: { title: string; body: string; runs?: boolean; entry?: boolean },
): HtmlPage {
  const colours = site?.look.colour === undefined ? '' : siteColours(site.look.colour);
  const logo = site?.look.logo === undefined ? undefined : `/login/logo/${site.id}`;
  const name = site ? `${title} · ${site.name}` : title;
  const head =
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>${escapeHtml(name)}</title>` +
    `<style>${style}</style>${colours && `<style>${colours}</style>`}` +
    (site ? `<link rel="icon" href="${logo ?? '/login/icon.svg'}">` : '') +
    (runs ? '<script type="module" src="/login.js"></script>' : '');
  const picture = logo === undefined ? '' : `<img src="${logo}" alt="">`;
  const heading = entry ? texts.say('page.siteTitle', { site: site?.name ?? '' }) : (site?.name ?? '');
  const header = site ? `<header class="site">${picture}<h1>${escapeHtml(heading)}</h1></header>` : '';
  return {
    html:
      `<!doctype html><html lang="${texts.locale}" dir="${texts.direction}"><head>${head}</head>` +
      `<body><div class="page">${header}<main>${body}</main></div></body></html>\n`,
    styles: colours ? [hashOf(colours)] : [],
    runs,
    shows: site !== undefined,
  };
}

/** The ticket that everything is on: the look of the element, without its script. */
export function card({ site }: Pick<PageOf, 'site'>, title: string, body: string): string {
  // Where the page has no heading of its own, this is it.
  const level = site ? 'h2' : 'h1';
  return (
    `<div class="frame"><div class="head">${icon}<${level}>${escapeHtml(title)}</${level}></div>` +
    `<div class="body">${body}</div></div>`
  );
}

export const paragraph = (text: string, kind = 'text'): string => `<p class="${kind}">${escapeHtml(text)}</p>`;

export const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;

/** A form that is nothing but a button. */
export const button = (action: string, label: string, fields: string, kind = ''): string =>
  `<form method="post" action="${action}">${fields}<button${kind && ` class="${kind}"`}>${escapeHtml(label)}</button></form>`;

/** One field, what is wrong with it, and the button. */
export function field(
  { texts }: PageOf,
  options: { name: string; label: string; attributes: string; hint?: string; submit: string; notice?: Notice | undefined; focus?: boolean },
): string {
  const { name, label, attributes, hint, submit, notice, focus = true } = options;
  const wrong = notice && !isGoodNews(notice) ? tell(texts, notice) : undefined;
  const described = [hint && 'hint', wrong && 'error'].filter(Boolean).join(' ');
  return (
    `<label for="${name}">${escapeHtml(label)}</label>` +
    `<input id="${name}" name="${name}" required${focus ? ' autofocus' : ''} spellcheck="false" ${attributes}` +
    `${described && ` aria-describedby="${described}"`}${wrong === undefined ? '' : ' aria-invalid="true"'}>` +
    (hint === undefined ? '' : `<p class="hint" id="hint">${escapeHtml(hint)}</p>`) +
    (wrong === undefined ? '' : `<p class="error" id="error" role="alert">${escapeHtml(wrong)}</p>`) +
    `<button class="submit">${escapeHtml(submit)}</button>`
  );
}

/** What went well, above a form. */
export function goodNews({ texts }: PageOf, notice: Notice | undefined): string {
  return notice && isGoodNews(notice) ? `<p class="good" role="status">${escapeHtml(tell(texts, notice))}</p>` : '';
}

const icon =
  '<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round">' +
  '<path d="M3 8.5V6.8A1.8 1.8 0 0 1 4.8 5h14.4A1.8 1.8 0 0 1 21 6.8v1.7a3.5 3.5 0 0 0 0 7v1.7a1.8 1.8 0 0 1-1.8 1.8H4.8A1.8 1.8 0 0 1 3 17.2v-1.7a3.5 3.5 0 0 0 0-7ZM14.5 8.6v.9M14.5 11.6v.8M14.5 14.5v.9"/></svg>';

/** The same as a picture for the tab of a browser. */
export const iconFile = icon.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"').replace('aria-hidden="true"', '').replace('currentColor', '#1d56e0');
