import { randomBytes } from 'node:crypto';

import Fastify, { type FastifyInstance } from 'fastify';

import type { CaughtMail } from './caught-mail.ts';
import { renderInbox } from './render-inbox.ts';
import type { Mailbox } from './mailbox.ts';

/** A mail's HTML is a stranger's: no scripts, no forms, no network, an origin of its own. */
const MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** The page and the JSON through which people and scripts read the caught mails. */
export function createInbox(mailbox: Mailbox): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, requestTimeout: 10_000 });
  const find = (id: string) => mailbox.mails().find((mail) => mail.id === id);

  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    // A page elsewhere may point a name of its own at 127.0.0.1 to read codes out of this inbox.
    if (!isLoopbackName(request.hostname)) return reply.code(421).send({ error: 'Ask for 127.0.0.1 or localhost' });
  });

  app.get('/', async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    void reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy(nonce));
    return renderInbox(mailbox.mails(), nonce);
  });

  app.get<{ Querystring: { to?: string; limit?: string } }>('/api/mails', async (request) => {
    const { to, limit } = request.query;
    const found = to === undefined ? mailbox.mails() : mailbox.mails().filter((mail) => wasSentTo(mail, to));
    return limit === undefined ? found : found.slice(0, Number(limit) || 0);
  });

  app.get<{ Params: { id: string } }>('/api/mails/:id', async (request, reply) => {
    return find(request.params.id) ?? reply.code(404).send({ error: 'There is no such mail' });
  });

  app.get<{ Params: { id: string } }>('/mails/:id', async (request, reply) => {
    void reply.type('text/html; charset=utf-8').header('content-security-policy', MAIL_POLICY);
    return find(request.params.id)?.html ?? reply.code(404).send('There is no such mail');
  });

  app.delete('/api/mails', async (_request, reply) => {
    mailbox.clear();
    return reply.code(204).send();
  });

  return app;
}

function wasSentTo({ envelope }: CaughtMail, to: string): boolean {
  return envelope.to.some((address) => address.toLowerCase() === to.toLowerCase());
}

function pagePolicy(nonce: string): string {
  const own = `'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `style-src ${own}`,
    `script-src ${own}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname.endsWith('.localhost');
}
