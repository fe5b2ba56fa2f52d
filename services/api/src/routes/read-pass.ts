import { PassBody, problemResponses } from '../http/schemas.ts';
import type { SendProblem } from '../http/send-problem.ts';
import type { ShownPass } from '../http/shown-pass.ts';
import type { TypedApp } from '../http/typed-app.ts';

export function readPassRoute(
  app: TypedApp,
  dependencies: { shownPass: ShownPass; sendProblem: SendProblem },
): void {
  const { shownPass, sendProblem } = dependencies;
  const schema = {
    operationId: 'readPass',
    summary: 'What a pass says',
    tags: ['Access'],
    security: [{ pass: [] }, { cookie: [] }],
    response: { 200: PassBody, ...problemResponses },
  };

  app.get('/v1/pass', { schema }, async (request, reply) => {
    const pass = await shownPass.read(request);
    if (!pass.ok) return sendProblem(reply, pass.code);
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
