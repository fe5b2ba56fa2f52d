import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { RequestCodeInput } from '@daypass/core/codes/request-code';
import type { Repeatable } from '@daypass/core/codes/request-code-once';
import { refuse, type Refusal } from '@daypass/core/errors';
import type { HostCookie } from '../http/host-cookie.ts';
import type { ReadClient } from '../http/read-client.ts';
import { CodeRequest, mayBeBackend, problemResponses, RepeatableHeaders, Ticket } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import { sendTicket } from '../http/send-ticket.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function requestCodeRoute(
  app: TypedApp,
  dependencies: {
    requestCode: (input: RequestCodeInput) => Promise<CodeTicket | Refusal>;
    /** The same for a request that may be made again. */
    requestCodeOnce: (input: RequestCodeInput, repeatable: Repeatable) => Promise<CodeTicket | Refusal>;
    readClient: ReadClient;
    deviceCookie: HostCookie;
    sendProblem: SendProblem;
    metrics: ApiMetrics;
  },
): void {
  const { requestCode, requestCodeOnce, readClient, deviceCookie, sendProblem, metrics } = dependencies;
  const schema = {
    operationId: 'requestCode',
    summary: 'Ask for a one-time code by email',
    tags: ['Email codes'],
    security: mayBeBackend,
    headers: RepeatableHeaders,
    body: CodeRequest,
    response: { 202: Ticket, ...problemResponses },
  };

  app.post('/v1/codes', { schema, config: { forBackends: true } }, async (request, reply) => {
    const { email, site = 'default', locale, proof, device = deviceCookie.read(request), client } = request.body;
    const from = await readClient(request, { site, client });
    if (!from.ok) {
      metrics.codeRequested(site, from);
      return sendRefusal(sendProblem, reply, from);
    }
    const input = {
      email,
      site,
      ip: from.ip,
      ...(locale !== undefined && { locale }),
      ...(proof !== undefined && { proof }),
      ...(device !== undefined && { device }),
    };
    const { 'idempotency-key': key } = request.headers;
    const asking = key === undefined ? requestCode(input) : requestCodeOnce(input, { key, body: JSON.stringify(request.body) });
    const asked = await asking.catch((error: unknown) => {
      metrics.codeRequested(site, refuse('unavailable')); // Whatever it was: it was not taken.
      throw error;
    });
    metrics.codeRequested(site, asked);
    return asked.ok ? sendTicket(reply, asked) : sendRefusal(sendProblem, reply, asked);
  });
}
