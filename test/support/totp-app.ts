import { createAdmit } from '@daypass/core/access/admit';
import { createGrant } from '@daypass/core/access/grant';
import { createMakeHalfPass, createVerifyHalfPass } from '@daypass/core/access/half-pass';
import { createVerifyPass } from '@daypass/core/access/verify-pass';
import { createVerifyCode } from '@daypass/core/codes/verify-code';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createEndTotp } from '@daypass/core/totp/end-totp';
import { createEnrolTotp } from '@daypass/core/totp/enrol-totp';
import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { createLogger } from '@daypass/runtime/logger';
import { createRegistry } from '@daypass/runtime/ops-listener';
import { createApp } from '../../services/api/src/app.ts';
import { createBearerProofs } from '../../services/api/src/http/bearer-token.ts';
import { createHostCookie } from '../../services/api/src/http/host-cookie.ts';
import { createSendGrant } from '../../services/api/src/http/send-grant.ts';
import { createSendProblem } from '../../services/api/src/http/send-problem.ts';
import type { TypedApp } from '../../services/api/src/http/typed-app.ts';
import { createApiMetrics } from '../../services/api/src/ops/api-metrics.ts';
import { confirmTotpRoute } from '../../services/api/src/routes/confirm-totp.ts';
import { endTotpRoute } from '../../services/api/src/routes/end-totp.ts';
import { enrolTotpRoute } from '../../services/api/src/routes/enrol-totp.ts';
import { readPassRoute } from '../../services/api/src/routes/read-pass.ts';
import { verifyCodeRoute } from '../../services/api/src/routes/verify-code.ts';
import { verifyTotpRoute } from '../../services/api/src/routes/verify-totp.ts';
import type { TotpDomain } from './totp.ts';

/** The routes of authenticator apps over a test's own domain, put together as main.ts does it: there is no sites file yet. */
export async function openTotpApp(parts: TotpDomain): Promise<TypedApp> {
  const publicUrl = parts.issuer;
  const sendProblem = createSendProblem(publicUrl);
  const metrics = createApiMetrics(createRegistry(), parts.sites, parts.now);
  const log = createLogger('test', 'silent');
  const api = await createApp({ publicUrl, sites: parts.sites, trustedProxies: [], sendProblem, log, metrics, traced: false });
  const sessionCookie = createHostCookie(publicUrl, 'daypass');
  const deviceCookie = createHostCookie(publicUrl, 'daypass-device');
  const verifyPass = createVerifyPass(parts);
  const proofs = createBearerProofs({ verifyPass, verifyHalfPass: createVerifyHalfPass(parts) });
  const admit = createAdmit({ ...parts, grant: createGrant(parts), makeHalfPass: createMakeHalfPass(parts) });
  const sendGrant = createSendGrant({ admit, proofs, sessionCookie, deviceCookie, sendProblem });
  verifyCodeRoute(api, { verifyCode: createVerifyCode(parts), sendGrant, metrics });
  enrolTotpRoute(api, { enrolTotp: createEnrolTotp(parts), proofs, sendProblem, metrics });
  confirmTotpRoute(api, { confirmTotp: createConfirmTotp(parts), sendGrant, metrics });
  verifyTotpRoute(api, { verifyTotp: createVerifyTotp(parts), sendGrant, metrics });
  endTotpRoute(api, { endTotp: createEndTotp(parts), proofs, sendProblem });
  readPassRoute(api, { verifyPass, sessionCookie, sendProblem });
  return api;
}
