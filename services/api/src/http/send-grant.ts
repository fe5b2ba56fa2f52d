import type { Grant, Method } from '@daypass/core/access/grant';
import type { ProvenAddress } from '@daypass/core/codes/proven-address';
import type { Refusal } from '@daypass/core/errors';
import type { FastifyReply } from 'fastify';
import { sendRefusal, type SendProblem } from './send-problem.ts';
import type { SessionCookie } from './session-cookie.ts';

export type SendGrant = (
  reply: FastifyReply,
  proof: ProvenAddress | Refusal,
  session: 'cookie' | undefined,
) => Promise<FastifyReply>;

/** Answers a verification: with the pass, or with why there is none. */
export function createSendGrant(dependencies: {
  grant: (visitor: ProvenAddress, methods: readonly Method[]) => Promise<Grant>;
  sessionCookie: SessionCookie;
  sendProblem: SendProblem;
}): SendGrant {
  const { grant, sessionCookie, sendProblem } = dependencies;

  return async (reply, proof, session) => {
    if (!proof.ok) return sendRefusal(sendProblem, reply, proof);
    const { accessToken, expiresInSeconds, subject, site, device } = await grant(proof, ['email']);
    if (session === 'cookie') sessionCookie.set(reply, accessToken, expiresInSeconds);
    return reply.code(200).send({ accessToken, tokenType: 'Bearer', expiresIn: expiresInSeconds, subject, site, device });
  };
}
