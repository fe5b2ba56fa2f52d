import type { FastifyReply } from 'fastify';
import type { HtmlPage } from './pages/layout.ts';
import { styleHash } from './style.ts';

/**
 * Answers with a page. What it may load and run comes from here; its forms go to us, and from us on to `formsLeadTo` (a
 * browser follows a redirect after a form only to where the policy lets forms go). `same-origin`: without a referrer a
 * browser would not say either which origin a form comes from.
 */
export function sendHtml(reply: FastifyReply, status: number, page: HtmlPage, formsLeadTo: readonly string[] = []): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers(headersOf(page, formsLeadTo)).send(page.html);
}

export function headersOf({ runs, styles, shows }: HtmlPage, formsLeadTo: readonly string[] = []): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${[styleHash, ...styles].map((hash) => `'${hash}'`).join(' ')}`,
    // The element asks the API, and does puzzles in a thread that is made from its own text.
    ...(runs ? ["script-src 'self'", "connect-src 'self'", 'worker-src blob:'] : []),
    ...(shows ? ["img-src 'self'"] : []),
    `form-action ${["'self'", ...formsLeadTo].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
