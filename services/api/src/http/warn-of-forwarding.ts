import type { FastifyInstance } from 'fastify';
import type { IsFrom } from './is-from.ts';

/**
 * Says once that a peer sends X-Forwarded-For whom TRUSTED_PROXIES does not name. It is not believed: either somebody
 * tries what they get by it, or there is a proxy of one's own whose visitors are all counted as one.
 */
export function warnOfForwarding(app: FastifyInstance, trusts: IsFrom): void {
  let said = false;
  app.addHook('onRequest', (request, _reply, done) => {
    if (!said && request.headers['x-forwarded-for'] !== undefined && !trusts(request.raw.socket.remoteAddress)) {
      said = true;
      request.log.warn('X-Forwarded-For comes from a peer that TRUSTED_PROXIES does not name, and is not believed. Said once.');
    }
    done();
  });
}
