import { escapeHtml } from '@daypass/runtime/escape-html';
import type { LoginState } from '../login-state.ts';
import type { Texts } from '../texts.ts';
import { hidden, layout, noticeOf, paragraph } from './layout.ts';

/** The first step: where to send the code. */
export function addressPage(texts: Texts, site: string, state: LoginState, sealed: string): string {
  const hint = state.purpose.kind === 'oidc' ? state.purpose.hint : undefined;
  return layout(
    texts.addressTitle(site),
    noticeOf(texts, state) +
      paragraph(texts.addressLead) +
      `<form method="post" action="/login/address">${hidden('state', sealed)}` +
      `<label for="email">${escapeHtml(texts.addressLabel)}</label>` +
      `<input id="email" name="email" type="email" autocomplete="email" required autofocus maxlength="320" value="${escapeHtml(state.email ?? hint ?? '')}">` +
      `<button>${escapeHtml(texts.addressButton)}</button></form>`,
  );
}
