import type { FastifyReply } from 'fastify';
import { styleHash } from './style.ts';

/**
 * Answers with a page. Nothing runs in it and nothing is loaded; its forms go to us, and from us on to `formsLeadTo` (a
 * browser follows a redirect after a form only to where the policy lets forms go). `same-origin`: without a referrer a
 * browser would not say either which origin a form comes from.
 */
export function sendHtml(reply: FastifyReply, status: number, html: string, formsLeadTo: readonly string[] = []): FastifyReply {
  const forms = ["'self'", ...formsLeadTo].join(' ');
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', `default-src 'none'; style-src '${styleHash}'; form-action ${forms}; frame-ancestors 'none'; base-uri 'none'`)
    .header('referrer-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin')
    .send(html);
}
