import { escapeHtml } from '@daypass/runtime/escape-html';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import { textsFor } from '../hosted/page-texts.ts';
import { endedPage, plainPage } from '../hosted/pages/end-pages.ts';
import { card, layout, paragraph, type HtmlPage } from '../hosted/pages/layout.ts';
import { headersOf } from '../hosted/send-html.ts';

/** Asks whether the visitor wants to leave: a client, or anybody's link, may have sent them here. */
export async function logoutPage(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  const texts = textsOf(ctx);
  const button = `<button class="submit" form="op.logoutForm" name="logout" value="yes">${escapeHtml(texts.say('page.leave'))}</button>`;
  const leadsTo = ctx.oidc.params?.['post_logout_redirect_uri'];
  const title = texts.say('page.leaveTitle');
  const body = card({}, title, paragraph(texts.say('page.leaveText')) + form + button);
  send(ctx, layout({ texts }, { title, body }), typeof leadsTo === 'string' ? [new URL(leadsTo).origin] : []);
}

export async function loggedOutPage(ctx: KoaContextWithOIDC): Promise<void> {
  send(ctx, endedPage(textsOf(ctx)));
}

/** What went wrong, for a visitor; the name of the error is for whoever runs the client. */
export async function errorPage(ctx: KoaContextWithOIDC, { error }: { error: string }, cause: errors.OIDCProviderError | Error): Promise<void> {
  const away = ctx.status === 503;
  const old = cause.name === 'SessionNotFound';
  const code = away ? 'unavailable' : old ? 'expired' : 'client_wrong';
  send(ctx, plainPage(textsOf(ctx), code, undefined, `<p><code>${escapeHtml(error)}</code></p>`));
}

const textsOf = (ctx: KoaContextWithOIDC) => textsFor(ctx.get('accept-language'));

function send(ctx: KoaContextWithOIDC, page: HtmlPage, formsLeadTo: readonly string[] = []): void {
  ctx.type = 'html';
  const { 'content-security-policy': policy = '', 'referrer-policy': referrer = '' } = headersOf(page, formsLeadTo);
  ctx.set('content-security-policy', policy);
  ctx.set('referrer-policy', referrer);
  ctx.body = page.html;
}
