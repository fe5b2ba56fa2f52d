import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { Refusal } from '@daypass/core/errors';
import type { HostCookie } from '../http/host-cookie.ts';
import { ChallengeParams, problemResponses, Ticket } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import { sendTicket } from '../http/send-ticket.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function resendCodeRoute(
  app: TypedApp,
  dependencies: {
    resendCode: (input: { id: string; ip: string; device?: string | undefined }) => Promise<CodeTicket | Refusal>;
    deviceCookie: HostCookie;
    sendProblem: SendProblem;
    metrics: ApiMetrics;
  },
): void {
  const { resendCode, deviceCookie, sendProblem, metrics } = dependencies;
  const schema = {
    operationId: 'resendCode',
    summary: 'Mail the same code again',
    tags: ['Email codes'],
    params: ChallengeParams,
    response: { 202: Ticket, ...problemResponses },
  };

  app.post('/v1/codes/:id/resend', { schema }, async (request, reply) => {
    const asked = await resendCode({ id: request.params.id, ip: request.ip, device: deviceCookie.read(request) });
    metrics.codeResent(asked);
    return asked.ok ? sendTicket(reply, asked) : sendRefusal(sendProblem, reply, asked);
  });
}
