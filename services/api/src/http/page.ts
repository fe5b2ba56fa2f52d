import { createHash } from 'node:crypto';
import { escapeHtml } from '@daypass/runtime/escape-html';
import type { FastifyReply } from 'fastify';

const style = `
:root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }
body { margin: 0 auto; padding: 12vh 24px; max-width: 34rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 1rem; }
code { font: 0.9em ui-monospace, monospace; }
.status { opacity: 0.7; margin-bottom: 0.25rem; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** A small page of text. Nothing in it runs, and nothing is loaded. `body` must be escaped already. */
export function sendPage(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'`)
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>\n`,
    );
}
