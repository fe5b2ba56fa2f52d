import type { FastifyInstance } from 'fastify';

/**
 * Says once that a peer sends X-Forwarded-For whom TRUSTED_PROXIES does not name. It is not believed: either somebody
 * tries what they get by it, or there is a proxy of one's own whose visitors are all counted as one.
 */
export function warnOfForwarding(app: FastifyInstance): void {
  let said = false;
  app.addHook('onRequest', (request, _reply, done) => {
    // Of a peer that is trusted there is at least one more address: the one that it says.
    if (!said && request.headers['x-forwarded-for'] !== undefined && (request.ips?.length ?? 1) === 1) {
      said = true;
      request.log.warn('X-Forwarded-For comes from a peer that TRUSTED_PROXIES does not name, and is not believed. Said once.');
    }
    done();
  });
}
