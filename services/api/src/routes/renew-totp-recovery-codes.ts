import type { Proof } from '@daypass/core/access/proof';
import type { Refusal } from '@daypass/core/errors';
import type { BearerProofs } from '../http/bearer-token.ts';
import { problemResponses } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import { RecoveryCodesBody, TotpParams } from '../http/totp-schemas.ts';
import type { TypedApp } from '../http/typed-app.ts';

export function renewTotpRecoveryCodesRoute(
  app: TypedApp,
  dependencies: {
    renewRecoveryCodes: (input: { id: string; pass: Proof }) => Promise<{ ok: true; recoveryCodes: string[] } | Refusal>;
    proofs: BearerProofs;
    sendProblem: SendProblem;
  },
): void {
  const { renewRecoveryCodes, proofs, sendProblem } = dependencies;
  const schema = {
    operationId: 'renewTotpRecoveryCodes',
    summary: 'Ten new recovery codes in the place of the old ones',
    tags: ['Authenticator app'],
    security: [{ pass: [] }],
    params: TotpParams,
    response: { 200: RecoveryCodesBody, ...problemResponses },
  };

  app.post('/v1/totp/:id/recovery-codes', { schema }, async (request, reply) => {
    const pass = await proofs.pass(request);
    if (!pass.ok) return sendRefusal(sendProblem, reply, pass);
    const renewed = await renewRecoveryCodes({ id: request.params.id, pass });
    if (!renewed.ok) return sendRefusal(sendProblem, reply, renewed);
    return reply.code(200).send({ recoveryCodes: renewed.recoveryCodes });
  });
}
