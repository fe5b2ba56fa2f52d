import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Lets the routes of a scope take what a form without JavaScript sends, and nothing else. */
export function acceptForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 16 * 1024 }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
}

/** A field of a form. */
export function fieldOf({ body }: FastifyRequest, name: string): string {
  return body instanceof URLSearchParams ? (body.get(name) ?? '') : '';
}

/**
 * Whether a form was sent from a page of this origin. Every browser names the origin with a POST; one that hides it
 * (`null`) says at least how it is related.
 */
export function isOwnForm({ headers }: FastifyRequest, origin: string): boolean {
  if (headers.origin !== undefined && headers.origin !== 'null') return headers.origin === origin;
  return headers['sec-fetch-site'] === 'same-origin';
}
