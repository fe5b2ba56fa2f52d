import type { Pass } from '@daypass/core/access/verify-pass';
import type { Refusal } from '@daypass/core/errors';
import { bearerToken } from '../http/bearer-token.ts';
import { PassBody, problemResponses } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import type { HostCookie } from '../http/host-cookie.ts';
import type { TypedApp } from '../http/typed-app.ts';

export function readPassRoute(
  app: TypedApp,
  dependencies: {
    verifyPass: (token: string) => Promise<Pass | Refusal>;
    sessionCookie: HostCookie;
    sendProblem: SendProblem;
  },
): void {
  const { verifyPass, sessionCookie, sendProblem } = dependencies;
  const schema = {
    operationId: 'readPass',
    summary: 'What a pass says',
    tags: ['Access'],
    security: [{ pass: [] }, { cookie: [] }],
    response: { 200: PassBody, ...problemResponses },
  };

  app.get('/v1/pass', { schema }, async (request, reply) => {
    const token = bearerToken(request) ?? sessionCookie.read(request);
    if (token === undefined) return sendProblem(reply, 'pass_invalid');
    const pass = await verifyPass(token);
    if (!pass.ok) return sendRefusal(sendProblem, reply, pass);
    const { subject, site, methods, issuedAt, expiresAt, email } = pass;
    return reply.code(200).send({
      subject,
      site,
      methods,
      issuedAt: issuedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      ...(email !== undefined && { email }),
    });
  });
}
