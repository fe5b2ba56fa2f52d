import type { Admission } from '@daypass/core/access/admit';
import { deviceTokenSeconds } from '@daypass/core/access/device-token';
import type { Proof } from '@daypass/core/access/proof';
import type { Method, Visitor } from '@daypass/core/access/visitor';
import type { Refusal } from '@daypass/core/errors';
import type { Quota } from '@daypass/core/limits/quota';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BearerProofs } from './bearer-token.ts';
import type { HostCookie } from './host-cookie.ts';
import type { Origins } from './origins.ts';
import { setRateLimit } from './rate-limit-headers.ts';
import { sendRefusal, type SendProblem } from './send-problem.ts';

export type SendGrant = (
  request: FastifyRequest,
  reply: FastifyReply,
  proof: (Visitor & { ok: true; quotas?: readonly Quota[] }) | Refusal,
  options: { method: Method; session?: 'cookie' | undefined; members?: object },
) => Promise<FastifyReply>;

/**
 * Answers a verification: with the pass, with half of one where the site asks for two proofs, or with why there is
 * none. What the visitor had shown before comes with the request; if it is not valid any more it does not count.
 */
export function createSendGrant(dependencies: {
  admit: (visitor: Visitor, method: Method, earlier?: Proof) => Promise<Admission>;
  proofs: BearerProofs;
  sessionCookie: HostCookie;
  deviceCookie: HostCookie;
  origins: Origins;
  sendProblem: SendProblem;
}): SendGrant {
  const { admit, proofs, sessionCookie, deviceCookie, origins, sendProblem } = dependencies;

  return async (request, reply, proof, { method, session, members = {} }) => {
    if (!proof.ok) return sendRefusal(sendProblem, reply, proof);
    setRateLimit(reply, proof.quotas);
    // Only now is it known which site it is. A page of another one could otherwise have somebody in here as somebody else.
    if (session === 'cookie' && !origins.of(proof.site.id, request.headers.origin ?? '')) return sendProblem(reply, 'origin_refused');
    const shown = await proofs.shown(request);
    const admission = await admit(proof, method, shown?.ok ? shown : undefined);
    if (!admission.full) return sendHalf(reply, admission, members);

    const { accessToken, expiresInSeconds, subject, site, device } = admission;
    if (session === 'cookie') {
      sessionCookie.set(reply, accessToken, expiresInSeconds);
      if (device !== undefined) deviceCookie.set(reply, device, deviceTokenSeconds);
    }
    return reply.code(200).send({
      accessToken,
      tokenType: 'Bearer',
      expiresIn: expiresInSeconds,
      subject,
      site,
      ...(device !== undefined && { device }),
      ...members,
    });
  };
}

function sendHalf(reply: FastifyReply, admission: Admission & { full: false }, members: object): FastifyReply {
  const { halfPass, expiresInSeconds, subject, site, missing } = admission;
  return reply.code(202).send({ halfPass, expiresIn: expiresInSeconds, subject, site, missing, ...members });
}
