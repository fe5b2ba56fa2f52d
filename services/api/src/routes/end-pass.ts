import type { Pass } from '@daypass/core/access/verify-pass';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { problemResponses } from '../http/schemas.ts';
import type { SendProblem } from '../http/send-problem.ts';
import type { HostCookie } from '../http/host-cookie.ts';
import type { ShownPass } from '../http/shown-pass.ts';
import type { TypedApp } from '../http/typed-app.ts';

/** Taking passes back: this one, or all of its visitor's at its site. */
export function endPassRoutes(
  app: TypedApp,
  dependencies: {
    endPass: (pass: Pass) => Promise<void>;
    endPasses: (pass: Pass) => Promise<void>;
    shownPass: ShownPass;
    sessionCookie: HostCookie;
    sendProblem: SendProblem;
  },
): void {
  const { endPass, endPasses, shownPass, sessionCookie, sendProblem } = dependencies;
  const common = { tags: ['Access'], security: [{ pass: [] }, { cookie: [] }] };
  const response = { 204: Type.Null({ description: 'Over, at every endpoint within a second.' }), ...problemResponses };
  const one = { ...common, operationId: 'endPass', summary: 'Take this pass back', response };
  const all = { ...common, operationId: 'endPasses', summary: 'Take all passes of this visitor at this site back', response };

  const endBy = (end: (pass: Pass) => Promise<void>) => async (request: FastifyRequest, reply: FastifyReply) => {
    const pass = await shownPass.forChange(request);
    if (!pass.ok) return sendProblem(reply, pass.code);
    await end(pass);
    if (sessionCookie.read(request) !== undefined) sessionCookie.clear(reply);
    return reply.code(204).send(null);
  };
  app.delete('/v1/pass', { schema: one }, endBy(endPass));
  app.delete('/v1/passes', { schema: all }, endBy(endPasses));
}
