import { escapeHtml } from '@daypass/runtime/escape-html';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import { plainPage } from '../hosted/pages/end-pages.ts';
import { layout, paragraph } from '../hosted/pages/layout.ts';
import { styleHash } from '../hosted/style.ts';
import { english as texts } from '../hosted/texts.ts';

/** Asks whether the visitor wants to leave: a client, or anybody's link, may have sent them here. */
export async function logoutPage(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  const buttons = `<p><button form="op.logoutForm" name="logout" value="yes">${escapeHtml(texts.endButton)}</button></p>`;
  const leadsTo = ctx.oidc.params?.['post_logout_redirect_uri'];
  send(ctx, layout(texts.endTitle, paragraph(texts.endLeadHere) + form + buttons), typeof leadsTo === 'string' ? [new URL(leadsTo).origin] : []);
}

export async function loggedOutPage(ctx: KoaContextWithOIDC): Promise<void> {
  send(ctx, layout(texts.endedTitle, paragraph(texts.endedLead)));
}

/** What went wrong, for a visitor; the name of the error is for whoever runs the client. */
export async function errorPage(ctx: KoaContextWithOIDC, { error }: { error: string }, cause: errors.OIDCProviderError | Error): Promise<void> {
  const away = ctx.status === 503;
  const old = cause.name === 'SessionNotFound';
  const page = plainPage(texts, away ? 'unavailable' : old ? 'expired' : 'client_wrong');
  send(ctx, page.replace('</main>', `<p><code>${escapeHtml(error)}</code></p></main>`));
}

function send(ctx: KoaContextWithOIDC, html: string, formsLeadTo: readonly string[] = []): void {
  ctx.type = 'html';
  ctx.set('content-security-policy', `default-src 'none'; style-src '${styleHash}'; form-action ${["'self'", ...formsLeadTo].join(' ')}; frame-ancestors 'none'; base-uri 'none'`);
  ctx.set('referrer-policy', 'same-origin');
  ctx.body = html;
}
