import { escapeHtml } from '@daypass/runtime/escape-html';
import type { PageCode, Texts } from '../texts.ts';
import { layout, paragraph } from './layout.ts';

/** Two buttons that end this pass, or all of the visitor's. */
function endForm(texts: Texts, action: string): string {
  return (
    `<form method="post" action="${action}"><button name="which" value="one">${escapeHtml(texts.endButton)}</button> ` +
    `<button name="which" value="all" class="quiet">${escapeHtml(texts.endEverywhereButton)}</button></form>`
  );
}

/** Where a login ends that was for nothing but a pass. */
export function donePage(texts: Texts, site: string): string {
  return layout(texts.doneTitle, paragraph(texts.doneLead(site)) + endForm(texts, '/login/end'));
}

export function endPage(texts: Texts, action: string): string {
  return layout(texts.endTitle, paragraph(texts.endLead) + endForm(texts, action));
}

export function endedPage(texts: Texts): string {
  return layout(texts.endedTitle, paragraph(texts.endedLead));
}

/** A page on which there is nothing to do but begin again, at `again` where that is known. */
export function plainPage(texts: Texts, code: PageCode, again?: string): string {
  const { title, lead } = texts.pages[code];
  const link = again === undefined ? '' : `<p><a href="${escapeHtml(again)}">${escapeHtml(texts.startAgain)}</a></p>`;
  return layout(title, paragraph(lead) + link);
}
