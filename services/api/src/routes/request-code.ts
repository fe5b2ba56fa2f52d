import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { RequestCodeInput } from '@daypass/core/codes/request-code';
import { refuse, type Refusal } from '@daypass/core/errors';
import { CodeRequest, problemResponses, Ticket } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import { sendTicket } from '../http/send-ticket.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function requestCodeRoute(
  app: TypedApp,
  dependencies: {
    requestCode: (input: RequestCodeInput) => Promise<CodeTicket | Refusal>;
    sendProblem: SendProblem;
    metrics: ApiMetrics;
  },
): void {
  const { requestCode, sendProblem, metrics } = dependencies;
  const schema = {
    operationId: 'requestCode',
    summary: 'Ask for a one-time code by email',
    tags: ['Email codes'],
    body: CodeRequest,
    response: { 202: Ticket, ...problemResponses },
  };

  app.post('/v1/codes', { schema }, async (request, reply) => {
    const { email, site = 'default', locale, client } = request.body;
    // No site has credentials yet, so nobody can vouch for a client.
    if (client !== undefined || request.headers.authorization !== undefined) {
      return sendProblem(reply, 'credentials_invalid');
    }
    const input = { email, site, ip: request.ip, ...(locale !== undefined && { locale }) };
    const asked = await requestCode(input).catch((error: unknown) => {
      metrics.codeRequested(site, refuse('unavailable')); // Whatever it was: it was not taken.
      throw error;
    });
    metrics.codeRequested(site, asked);
    return asked.ok ? sendTicket(reply, asked) : sendRefusal(sendProblem, reply, asked);
  });
}
