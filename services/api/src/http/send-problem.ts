import type { Refusal } from '@daypass/core/errors';
import type { Quota } from '@daypass/core/limits/quota';
import type { Puzzle } from '@daypass/core/puzzles/puzzle';
import type { FastifyReply } from 'fastify';
import { problems, type ProblemCode, type ProblemType } from '../problems.ts';
import { setRateLimit } from './rate-limit-headers.ts';

interface ProblemMembers {
  detail?: string;
  retryAfterSeconds?: number;
  attemptsLeft?: number;
  clockSkewSeconds?: number;
  puzzle?: Puzzle;
  quotas?: readonly Quota[];
}

/** What a visitor gets in with, or a reporter of bounces, as opposed to the credentials of a site. */
const wantBearer: readonly ProblemCode[] = ['pass_invalid', 'pass_required', 'report_refused'];

/** When nothing better is known, how long until trying again makes sense. */
const defaultRetryAfterSeconds = 5;

export type SendProblem = (reply: FastifyReply, code: ProblemCode, members?: ProblemMembers) => FastifyReply;

/** Answers with application/problem+json (RFC 9457). */
export function createSendProblem(publicUrl: string): SendProblem {
  return (reply, code, { detail, retryAfterSeconds, attemptsLeft, clockSkewSeconds, puzzle, quotas } = {}) => {
    const { status, title }: ProblemType = problems[code];
    const retryAfter = retryAfterSeconds ?? (status === 503 ? defaultRetryAfterSeconds : undefined);
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
    setRateLimit(reply, quotas);
    // Each 401 has to say what would do (RFC 9110 §15.5.2), though a browser takes Basic for a reason to ask its user for a
    // password: a page gets there only with a `client` or an Authorization header, which no page has a reason to send.
    if (status === 401) void reply.header('www-authenticate', wantBearer.includes(code) ? 'Bearer' : 'Basic realm="a site"');

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
        ...(puzzle && { proof: puzzle }),
      });
  };
}

/** Answers with what the domain refused. */
export function sendRefusal(sendProblem: SendProblem, reply: FastifyReply, refusal: Refusal): FastifyReply {
  // Which limit it was, and what was wrong with a proof, is for operators.
  const { ok: _ok, code, limit: _limit, proofFault: _fault, ...members } = refusal;
  return sendProblem(reply, code, members);
}
