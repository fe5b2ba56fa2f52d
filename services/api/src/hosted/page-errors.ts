import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { textsFor } from './page-texts.ts';
import { plainPage, type PageCode } from './pages/end-pages.ts';
import { sendHtml } from './send-html.ts';

/** Instead of a problem document: a person reads it. */
export function handleErrors(scope: FastifyInstance): void {
  scope.setErrorHandler<{ code?: string; statusCode?: number } & Error>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error.code === 'unavailable' || status === 503) {
      request.log.warn({ err: error }, 'page not shown');
      return plain(request, reply.header('retry-after', 5), 503, 'unavailable', request.method === 'GET' ? request.url : undefined);
    }
    if (status >= 400 && status < 500) return plain(request, reply, status, 'expired');
    request.log.error({ err: error }, 'page failed');
    return plain(request, reply, 500, 'went_wrong');
  });
}

export function plain(request: FastifyRequest, reply: FastifyReply, status: number, code: PageCode, again?: string): FastifyReply {
  return sendHtml(reply, status, plainPage(textsFor(request.headers['accept-language']), code, again));
}
