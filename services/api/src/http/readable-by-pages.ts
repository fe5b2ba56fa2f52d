import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import type { Origins } from './origins.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

/**
 * What the pages of sites call, and the keys and the reference, by how their paths begin. No other origin may read
 * anything else: our own pages show what is for the visitor in front of them alone, such as the code of a login that
 * goes on by a form (`response_mode=form_post`). Files that any page may load say so themselves, and so do the endpoints
 * of OpenID Connect that are no pages.
 */
const called = ['/v1/codes', '/v1/pass', '/v1/totp', '/.well-known/jwks.json', '/openapi.json'];

const readable: FastifyCorsOptions = {
  origin: true,
  credentials: true,
  methods: ['GET', 'POST', 'DELETE'],
  allowedHeaders: ['authorization', 'content-type', 'idempotency-key'],
  exposedHeaders: ['location', 'retry-after', 'x-request-id', ...rateLimitHeaders],
  maxAge: 600,
};
const closed: FastifyCorsOptions = { origin: false };

type Answer = (error: null, options: FastifyCorsOptions) => void;

/** Says whether the page that a request comes from may read the answer (CORS), or may ask at all (its preflight). */
export function createReadableByPages(origins: Origins): (request: FastifyRequest, answer: Answer) => void {
  return ({ url, headers: { origin } }, answer) => {
    // By the path as it was sent: a preflight has no other, and what is spelled in another way stays closed.
    const isOpen = called.some((beginning) => url.startsWith(beginning)) && origin !== undefined && origins.any(origin);
    answer(null, isOpen ? readable : closed);
  };
}
