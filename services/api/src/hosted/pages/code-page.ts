import { escapeHtml } from '@daypass/runtime/escape-html';
import type { LoginState } from '../login-state.ts';
import type { Texts } from '../texts.ts';
import { hidden, layout, noticeOf, paragraph } from './layout.ts';

/**
 * The second step: the code.
 *
 * @param resendInSeconds until the same code can be mailed again; `undefined` where that is not known
 */
export function codePage(texts: Texts, state: LoginState, sealed: string, resendInSeconds: number | undefined): string {
  const form = (action: string, inner: string) => `<form method="post" action="/login/${action}">${hidden('state', sealed)}${inner}</form>`;
  const resend =
    resendInSeconds !== undefined && resendInSeconds > 0
      ? paragraph(texts.resendIn(resendInSeconds))
      : form('resend', `<button class="quiet">${escapeHtml(texts.resendButton)}</button>`);
  return layout(
    texts.codeTitle,
    noticeOf(texts, state) +
      paragraph(texts.codeLead(state.email ?? '')) +
      form(
        'code',
        `<label for="code">${escapeHtml(texts.codeLabel)}</label>` +
          '<input id="code" name="code" class="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" required autofocus maxlength="64">' +
          `<button>${escapeHtml(texts.codeButton)}</button>`,
      ) +
      resend +
      form('other', `<button class="quiet">${escapeHtml(texts.otherAddress)}</button>`),
  );
}
