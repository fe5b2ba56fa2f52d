import { randomBytes } from 'node:crypto';
import { createGrant } from '@daypass/core/access/grant';
import { createVerifyPass } from '@daypass/core/access/verify-pass';
import { createReadStatus } from '@daypass/core/codes/read-status';
import { createRequestCode } from '@daypass/core/codes/request-code';
import { createResendCode } from '@daypass/core/codes/resend-code';
import { createVerifyAddressCode } from '@daypass/core/codes/verify-address-code';
import { createVerifyCode } from '@daypass/core/codes/verify-code';
import { builtInSite } from '@daypass/core/sites/site';
import { createSites } from '@daypass/core/sites/sites';
import { openStore } from '@daypass/core/store/open-store';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createJobTracing } from '@daypass/jobs/job-tracing';
import { createProducer } from '@daypass/jobs/producer';
import { createLimiter } from '@daypass/runtime/limiter';
import { createRegistry, listenForOps } from '@daypass/runtime/ops-listener';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { checkRedis, closeRedis, connectRedis } from '@daypass/runtime/redis';
import { runService } from '@daypass/runtime/run-service';
import { startTracing } from '@daypass/runtime/tracing';
import { createApp } from './app.ts';
import { variables } from './config.ts';
import { createSendGrant } from './http/send-grant.ts';
import { createSendProblem } from './http/send-problem.ts';
import { createSessionCookie } from './http/session-cookie.ts';
import { createApiMetrics } from './ops/api-metrics.ts';
import { addQueueMetrics } from './ops/queue-metrics.ts';
import { addQueueDashboard } from './ops/queue-dashboard.ts';
import { publicDocumentRoutes } from './routes/public-documents.ts';
import { readCodeRoute } from './routes/read-code.ts';
import { readPassRoute } from './routes/read-pass.ts';
import { requestCodeRoute } from './routes/request-code.ts';
import { resendCodeRoute } from './routes/resend-code.ts';
import { verifyAddressCodeRoute } from './routes/verify-address-code.ts';
import { verifyCodeRoute } from './routes/verify-code.ts';

await runService('api', process.env, async ({ log, onStop }) => {
  const config = readEnvironment(variables, process.env);
  const { publicUrl, sealingKeys, indexKey, signingKeys } = config;
  const sites = createSites([builtInSite([publicUrl])]);
  const now = () => new Date();

  // What it stands on.
  const stopTracing = await startTracing('api', config.traceEndpoint);
  if (stopTracing) onStop('tracing', stopTracing);
  const redis = connectRedis(config.redisUrl, 'fail-fast', (err) => log.debug({ err }, 'redis trouble'));
  onStop('redis', () => closeRedis(redis));
  const producer = createProducer(codeIssue, redis, {
    onError: (err) => log.debug({ err }, 'queue trouble'),
    telemetry: stopTracing && (await createJobTracing()),
  });
  const store = openStore(config.mongodbUrl, (event, err) => log.info({ err }, event));
  onStop('store', () => store.close());

  // What it does.
  const spendLimits = createLimiter(redis);
  const orderMail = (order: Parameters<Parameters<typeof createRequestCode>[0]['orderMail']>[0]) =>
    producer.add({ v: 1, ...order });
  const domain = { sites, indexKey, sealingKeys, spendLimits, orderMail, challenges: store.challenges, now, randomBytes };
  const requestCode = createRequestCode(domain);
  const readStatus = createReadStatus(domain);
  const resendCode = createResendCode(domain);
  const verifyCode = createVerifyCode(domain);
  const verifyAddressCode = createVerifyAddressCode(domain);
  const grant = createGrant({ issuer: publicUrl, indexKey, signingKeys, now, randomBytes });
  const verifyPass = createVerifyPass({ issuer: publicUrl, sites, signingKeys, now });

  // What it tells those who run it.
  const registry = createRegistry();
  addQueueMetrics(registry, producer, now);
  const metrics = createApiMetrics(registry, sites, now);

  // How it is asked.
  const sendProblem = createSendProblem(publicUrl);
  const sessionCookie = createSessionCookie(publicUrl);
  const sendGrant = createSendGrant({ grant, sessionCookie, sendProblem });
  const app = await createApp({ publicUrl, sites, trustedProxies: config.trustedProxies, sendProblem, log, metrics, traced: stopTracing !== undefined });
  requestCodeRoute(app, { requestCode, sendProblem, metrics });
  readCodeRoute(app, { readStatus, sendProblem });
  resendCodeRoute(app, { resendCode, sendProblem, metrics });
  verifyCodeRoute(app, { verifyCode, sendGrant, metrics });
  verifyAddressCodeRoute(app, { verifyAddressCode, sendGrant, metrics });
  readPassRoute(app, { verifyPass, sessionCookie, sendProblem });
  publicDocumentRoutes(app, { signingKeys, sendProblem });

  const ops = await listenForOps({
    host: config.opsHost,
    port: config.opsPort,
    insecure: config.opsInsecure,
    registry,
    checks: {
      redis: { probe: () => checkRedis(redis), required: true },
      // Requests are taken without it: taking this process out of the balance would lose them.
      mongodb: { probe: () => store.ready(), required: false },
    },
    extend: async (listener) => {
      const { opsUsers: users, opsWrite: mayRetry } = config;
      if (users.length > 0) await addQueueDashboard(listener, [producer.queue], { users, mayRetry, log });
    },
  });
  onStop('ops listener', ops.close);

  const address = await app.listen({ host: config.host, port: config.port });
  onStop('public listener', () => app.close());
  log.info({ address, opsPort: ops.port }, 'api listens');
});
