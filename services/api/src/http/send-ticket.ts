import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { FastifyReply } from 'fastify';

/** Answers that a code is on its way. */
export function sendTicket(reply: FastifyReply, ticket: CodeTicket): FastifyReply {
  const { id, site, expiresInSeconds, resendInSeconds } = ticket;
  const { length, alphabet } = site.codeFormat;
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
