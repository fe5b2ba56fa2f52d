import type { CodeStatus } from '@daypass/core/codes/read-status';
import type { Refusal } from '@daypass/core/errors';
import { ChallengeParams, problemResponses, Status } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import type { TypedApp } from '../http/typed-app.ts';

export function readCodeRoute(
  app: TypedApp,
  dependencies: { readStatus: (id: string) => Promise<CodeStatus | Refusal>; sendProblem: SendProblem },
): void {
  const { readStatus, sendProblem } = dependencies;
  const schema = {
    operationId: 'readCode',
    summary: 'How far a code has come',
    tags: ['Email codes'],
    params: ChallengeParams,
    response: { 200: Status, ...problemResponses },
  };

  app.get('/v1/codes/:id', { schema }, async (request, reply) => {
    const status = await readStatus(request.params.id);
    if (!status.ok) return sendRefusal(sendProblem, reply, status);
    const { id, delivery, expiresInSeconds, resendInSeconds, attemptsLeft } = status;
    return reply
      .code(200)
      .send({ id, delivery, expiresIn: expiresInSeconds, resendIn: resendInSeconds, attemptsLeft });
  });
}
