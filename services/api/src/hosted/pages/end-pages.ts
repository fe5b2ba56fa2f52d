import type { Site } from '@daypass/core/sites/site';
import type { MessageKey } from '@daypass/messages/messages';
import { escapeHtml } from '@daypass/runtime/escape-html';
import type { PageTexts } from '../page-texts.ts';
import { button, card, hidden, layout, paragraph, type HtmlPage } from './layout.ts';

/** Pages on which there is nothing to do but begin again. */
export type PageCode = 'client_wrong' | 'expired' | 'handover_refused' | 'other_page' | 'site_unknown' | 'unavailable' | 'went_wrong';

const said: Record<PageCode, [title: MessageKey, text: MessageKey]> = {
  client_wrong: ['page.clientTitle', 'page.clientText'],
  expired: ['page.staleTitle', 'page.staleText'],
  handover_refused: ['page.usedTitle', 'page.usedText'],
  other_page: ['page.otherTitle', 'page.otherText'],
  site_unknown: ['page.noSiteTitle', 'page.noSiteText'],
  unavailable: ['page.outageTitle', 'page.outageText'],
  went_wrong: ['page.wrongTitle', 'page.wrongText'],
};

/** Two buttons that end this pass, or all of the visitor's. */
function endForm(texts: PageTexts, action: string): string {
  return (
    `<form method="post" action="${action}"><button class="submit" name="which" value="one">${escapeHtml(texts.say('page.leave'))}</button>` +
    `<button class="submit plain" name="which" value="all">${escapeHtml(texts.say('page.leaveAll'))}</button></form>`
  );
}

/**
 * Where a login ends that was for nothing but a pass.
 *
 * @param options.home an origin of the site's own
 */
export function donePage(texts: PageTexts, site: Site, options: { leftSeconds: number; mayEnrol: boolean; home: string | undefined }): HtmlPage {
  const title = texts.say('done.title');
  const { leftSeconds, mayEnrol, home } = options;
  const goOn = home === undefined ? '' : `<p><a class="submit" href="${escapeHtml(home)}/">${escapeHtml(texts.say('page.continue'))}</a></p>`;
  const offer = mayEnrol ? button('/login/enrol', texts.say('enrol.offer'), hidden('site', site.id), 'submit plain') : '';
  const ways =
    '<div class="actions"><form method="post" action="/login/end">' +
    `<button name="which" value="one">${escapeHtml(texts.say('page.leave'))}</button>` +
    `<button name="which" value="all">${escapeHtml(texts.say('page.leaveAll'))}</button></form></div>`;
  const text = paragraph(texts.say('done.text', { when: texts.when(leftSeconds) }));
  return layout({ texts, site }, { title, body: card({ site }, title, text + goOn + offer + ways) });
}

export function endPage(texts: PageTexts, action: string): HtmlPage {
  const title = texts.say('page.leaveTitle');
  return layout({ texts }, { title, body: card({}, title, paragraph(texts.say('page.leaveText')) + endForm(texts, action)) });
}

export function endedPage(texts: PageTexts): HtmlPage {
  return noticePage(texts, texts.say('page.left'), '');
}

/** A page on which there is nothing to do but begin again, at `again` where that is known. */
export function plainPage(texts: PageTexts, code: PageCode, again?: string, extra = ''): HtmlPage {
  const [title, text] = said[code];
  const link = again === undefined ? '' : `<p><a href="${escapeHtml(again)}">${escapeHtml(texts.say('page.startAgain'))}</a></p>`;
  return noticePage(texts, texts.say(title), paragraph(texts.say(text)) + link + extra);
}

function noticePage(texts: PageTexts, title: string, body: string): HtmlPage {
  return layout({ texts }, { title, body: card({}, title, body) });
}
