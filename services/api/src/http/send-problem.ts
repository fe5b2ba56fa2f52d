import type { Refusal } from '@daypass/core/errors';
import type { FastifyReply } from 'fastify';
import { problems, type ProblemCode, type ProblemType } from '../problems.ts';

interface ProblemMembers {
  detail?: string;
  retryAfterSeconds?: number;
  attemptsLeft?: number;
  clockSkewSeconds?: number;
}

/** What a visitor can get in with, as opposed to the credentials of a site. */
const wantBearer: readonly ProblemCode[] = ['pass_invalid', 'pass_required'];

/** When nothing better is known, how long until trying again makes sense. */
const defaultRetryAfterSeconds = 5;

export type SendProblem = (reply: FastifyReply, code: ProblemCode, members?: ProblemMembers) => FastifyReply;

/** Answers with application/problem+json (RFC 9457). */
export function createSendProblem(publicUrl: string): SendProblem {
  return (reply, code, { detail, retryAfterSeconds, attemptsLeft, clockSkewSeconds } = {}) => {
    const { status, title }: ProblemType = problems[code];
    const retryAfter = retryAfterSeconds ?? (status === 503 ? defaultRetryAfterSeconds : undefined);
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
    if (status === 401) void reply.header('www-authenticate', wantBearer.includes(code) ? 'Bearer' : 'Basic');

    return reply
      .code(status)
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send({
        type: `${publicUrl}/problems/${code}`,
        title,
        status,
        code,
        ...(detail !== undefined && { detail }),
        ...(retryAfter !== undefined && { retryAfter }),
        ...(attemptsLeft !== undefined && { attemptsLeft }),
        ...(clockSkewSeconds !== undefined && { clockSkew: clockSkewSeconds }),
      });
  };
}

/** Answers with what the domain refused. */
export function sendRefusal(sendProblem: SendProblem, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { ok: _ok, code, ...members } = refusal;
  return sendProblem(reply, code, members);
}
