import type { Proof } from '@daypass/core/access/proof';
import type { Refusal } from '@daypass/core/errors';
import { Type } from 'typebox';
import type { BearerProofs } from '../http/bearer-token.ts';
import { problemResponses } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import { TotpParams } from '../http/totp-schemas.ts';
import type { TypedApp } from '../http/typed-app.ts';

export function endTotpRoute(
  app: TypedApp,
  dependencies: {
    endTotp: (input: { id: string; pass: Proof }) => Promise<{ ok: true } | Refusal>;
    proofs: BearerProofs;
    sendProblem: SendProblem;
  },
): void {
  const { endTotp, proofs, sendProblem } = dependencies;
  const schema = {
    operationId: 'endTotp',
    summary: 'End the enrolment of an authenticator app',
    tags: ['Authenticator app'],
    security: [{ pass: [] }],
    params: TotpParams,
    response: { 204: Type.Null({ description: 'It has ended.' }), ...problemResponses },
  };

  app.delete('/v1/totp/:id', { schema }, async (request, reply) => {
    const pass = await proofs.pass(request);
    if (!pass.ok) return sendRefusal(sendProblem, reply, pass);
    const ended = await endTotp({ id: request.params.id, pass });
    return ended.ok ? reply.code(204).send(null) : sendRefusal(sendProblem, reply, ended);
  });
}
