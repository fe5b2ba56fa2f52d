import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { FastifyReply } from 'fastify';
import { setRateLimit } from './rate-limit-headers.ts';

/** Answers that a code is on its way. */
export function sendTicket(reply: FastifyReply, ticket: CodeTicket): FastifyReply {
  const { id, site, expiresInSeconds, resendInSeconds, quotas } = ticket;
  const { length, alphabet } = site.codeFormat;
  setRateLimit(reply, quotas);
  return reply
    .code(202)
    .header('location', `/v1/codes/${id}`)
    .send({
      id,
      site: site.id,
      expiresIn: expiresInSeconds,
      resendIn: resendInSeconds,
      code: { length, alphabet },
    });
}
