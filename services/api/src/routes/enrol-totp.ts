import type { EnrolTotpInput, TotpTicket } from '@daypass/core/totp/enrol-totp';
import type { Refusal } from '@daypass/core/errors';
import type { BearerProofs } from '../http/bearer-token.ts';
import { renderPng, renderSvg } from '../http/render-qr.ts';
import { mayHavePass, problemResponses } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import { TotpQuery, TotpRequest, TotpTicketBody } from '../http/totp-schemas.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function enrolTotpRoute(
  app: TypedApp,
  dependencies: {
    enrolTotp: (input: EnrolTotpInput) => Promise<TotpTicket | Refusal>;
    proofs: BearerProofs;
    sendProblem: SendProblem;
    metrics: ApiMetrics;
  },
): void {
  const { enrolTotp, proofs, sendProblem, metrics } = dependencies;
  const schema = {
    operationId: 'enrolTotp',
    summary: 'Enrol an authenticator app',
    tags: ['Authenticator app'],
    security: mayHavePass,
    querystring: TotpQuery,
    body: TotpRequest,
    response: { 201: TotpTicketBody, ...problemResponses },
  };

  app.post('/v1/totp', { schema }, async (request, reply) => {
    const { site, label } = request.body;
    const proof = await proofs.shown(request);
    // Not as somebody unknown, who cannot be taken back for who they are.
    if (proof && !proof.ok) return sendRefusal(sendProblem, reply, proof);
    const ticket = await enrolTotp({
      ip: request.ip,
      ...(site !== undefined && { site }),
      ...(label !== undefined && { label }),
      ...(proof && { proof }),
    });
    metrics.totpEnrolled(site ?? proof?.site ?? 'default', ticket);
    if (!ticket.ok) return sendRefusal(sendProblem, reply, ticket);

    const { id, secret, uri, expiresInSeconds } = ticket;
    const svg = await renderSvg(uri);
    const png = request.query.qr === 'png' ? { png: await renderPng(uri) } : {};
    return reply
      .code(201)
      .header('location', `/v1/totp/${id}`)
      .send({ id, secret: inGroups(secret), uri, qr: { svg, ...png }, expiresIn: expiresInSeconds });
  });
}

function inGroups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}
