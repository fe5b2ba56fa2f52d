import { escapeHtml } from '@daypass/runtime/escape-html';
import { style } from '../style.ts';
import type { LoginState } from '../login-state.ts';
import type { Texts } from '../texts.ts';

/** A whole page around `body`, which must be escaped already. */
export function layout(title: string, body: string, lang = 'en'): string {
  return (
    `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${style}</style></head>` +
    `<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>\n`
  );
}

export const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

export const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;

/** What the visitor has to be told above the form, if anything. */
export function noticeOf(texts: Texts, { notice }: Pick<LoginState, 'notice'>): string {
  if (!notice) return '';
  const sentences = [
    texts.notices[notice.code],
    ...(notice.attemptsLeft === undefined ? [] : [texts.attemptsLeft(notice.attemptsLeft)]),
    ...(notice.seconds === undefined ? [] : [texts.againIn(notice.seconds)]),
  ];
  return `<p class="notice" role="alert">${escapeHtml(sentences.join(' '))}</p>`;
}
