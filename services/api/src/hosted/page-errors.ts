import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fieldOf } from './forms.ts';
import { textsFor } from './page-texts.ts';
import { plainPage, type PageCode } from './pages/end-pages.ts';
import { sendHtml } from './send-html.ts';

/** Instead of a problem document: a person reads it. */
export function handleErrors(scope: FastifyInstance): void {
  scope.setErrorHandler<{ code?: string; statusCode?: number } & Error>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error.code === 'unavailable' || status === 503) {
      request.log.warn({ err: error }, 'page not shown');
      return plain(request, reply.header('retry-after', 5), 503, 'unavailable', againAfter(request));
    }
    if (status >= 400 && status < 500) return plain(request, reply, status, 'expired');
    request.log.error({ err: error }, 'page failed');
    return plain(request, reply, 500, 'went_wrong');
  });
}

/** The page that was asked for, or the one whose form was sent: what was typed in there is still to be done. */
function againAfter(request: FastifyRequest): string | undefined {
  if (request.method === 'GET') return request.url;
  const state = fieldOf(request, 'state');
  return /^[\w.-]+$/.test(state) ? `/login?state=${state}` : undefined;
}

export function plain(request: FastifyRequest, reply: FastifyReply, status: number, code: PageCode, again?: string): FastifyReply {
  return sendHtml(reply, status, plainPage(textsFor(request.headers['accept-language']), code, again));
}
