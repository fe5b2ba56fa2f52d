import { createAdmit } from '@daypass/core/access/admit';
import { createEndPasses } from '@daypass/core/access/end-passes';
import { createGrant } from '@daypass/core/access/grant';
import { createHandovers } from '@daypass/core/access/handover';
import { createMakeHalfPass, createVerifyHalfPass } from '@daypass/core/access/half-pass';
import { createRevocations } from '@daypass/core/access/revocations';
import { createRevokeDevices } from '@daypass/core/access/revoke-devices';
import { createVerifyPass } from '@daypass/core/access/verify-pass';
import type { CodeMailOrder } from '@daypass/core/codes/code-mail-order';
import { createReadStatus } from '@daypass/core/codes/read-status';
import { createReportMail } from '@daypass/core/codes/report-mail';
import { createRequestCode } from '@daypass/core/codes/request-code';
import { createRequestCodeOnce } from '@daypass/core/codes/request-code-once';
import { createResendCode } from '@daypass/core/codes/resend-code';
import { createVerifyAddressCode } from '@daypass/core/codes/verify-address-code';
import { createVerifyCode } from '@daypass/core/codes/verify-code';
import { gather } from '@daypass/core/gather';
import { createCheckCredentials } from '@daypass/core/sites/check-credentials';
import { mac } from '@daypass/core/keys/mac';
import { tellOfMissingKeys } from '@daypass/core/keys/tell-of-missing-keys';
import { parseSites } from '@daypass/core/sites/parse-sites';
import { replaceSites } from '@daypass/core/sites/replace-sites';
import { builtInSite } from '@daypass/core/sites/site';
import { createSites } from '@daypass/core/sites/sites';
import { openStore } from '@daypass/core/store/open-store';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createEndTotp } from '@daypass/core/totp/end-totp';
import { createEnrolTotp } from '@daypass/core/totp/enrol-totp';
import { createProbeSeals } from '@daypass/core/totp/probe-seals';
import { createRecoverTotp } from '@daypass/core/totp/recover-totp';
import { createRenewRecoveryCodes } from '@daypass/core/totp/renew-recovery-codes';
import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createJobTracing } from '@daypass/jobs/job-tracing';
import { createProducer, type GateQuestion } from '@daypass/jobs/producer';
import { createCountWrongCode } from '@daypass/runtime/limits/count-wrong-code';
import { createForgetFailures } from '@daypass/runtime/limits/forget-failures';
import { createKeepRevocation } from '@daypass/runtime/limits/keep-revocation';
import { createReadWrongCodes } from '@daypass/runtime/limits/read-wrong-codes';
import { createSpendLimits } from '@daypass/runtime/limits/spend-limits';
import { askSpendRequest, createSpendRequest, refundRequestScript } from '@daypass/runtime/limits/spend-request';
import { spendRequestGate } from '@daypass/runtime/limits/spend-request-script';
import { createBeginOnce } from '@daypass/runtime/once';
import { createEndingRecords } from '@daypass/runtime/ending-records';
import { listenOn } from '@daypass/runtime/listen-on';
import { createRegistry, listenForOps } from '@daypass/runtime/ops-listener';
import { addPoolMetric } from '@daypass/runtime/pool-metric';
import { randomBytes } from '@daypass/runtime/random-bytes';
import { listenToAnnouncements, statusTopic } from '@daypass/runtime/announcements';
import { readConfigFile } from '@daypass/runtime/read-config-file';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { checkRedis, closeRedis, connectRedis } from '@daypass/runtime/redis';
import { runService } from '@daypass/runtime/run-service';
import { createSharedMarks } from '@daypass/runtime/shared-marks';
import { createSingleUse } from '@daypass/runtime/single-use';
import { tellOfConnections } from '@daypass/runtime/tell-of-connections';
import { startTracing } from '@daypass/runtime/tracing';
import { createApp } from './app.ts';
import { variables } from './config.ts';
import { forwardAuthRoute } from './forward-auth/forward-auth-route.ts';
import { protectedOriginRoutes } from './forward-auth/protected-origin-routes.ts';
import { createLoginStates } from './hosted/login-state.ts';
import { createLoginSteps } from './hosted/login-steps.ts';
import { hostedRoutes } from './hosted/login-routes.ts';
import { createBearerProofs } from './http/bearer-token.ts';
import { createHostCookie } from './http/host-cookie.ts';
import { createReadClient } from './http/read-client.ts';
import { createIsFrom } from './http/is-from.ts';
import { allowedOrigins } from './http/origins.ts';
import { createSendGrant } from './http/send-grant.ts';
import { createSendProblem } from './http/send-problem.ts';
import { createShownPass } from './http/shown-pass.ts';
import { createAccounts } from './oidc/accounts.ts';
import { clientOfSite } from './oidc/client-of-site.ts';
import { createOidcProvider, idTokenAlgorithm } from './oidc/create-provider.ts';
import { createFinishInteraction } from './oidc/finish-interaction.ts';
import { mountProvider } from './oidc/mount-provider.ts';
import { createSealedAdapter } from './oidc/sealed-adapter.ts';
import { createApiMetrics } from './ops/api-metrics.ts';
import { addGuessBudgetMetric } from './ops/guess-budget-metric.ts';
import { createBudgetLog } from './ops/budget-log.ts';
import { addQueueMetrics } from './ops/queue-metrics.ts';
import { addQueueDashboard } from './ops/queue-dashboard.ts';
import { warnOfSandboxes } from './ops/warn-of-sandboxes.ts';
import { confirmTotpRoute } from './routes/confirm-totp.ts';
import { endPassRoutes } from './routes/end-pass.ts';
import { elementRoutes } from './routes/element.ts';
import { endTotpRoute } from './routes/end-totp.ts';
import { enrolTotpRoute } from './routes/enrol-totp.ts';
import { publicDocumentRoutes } from './routes/public-documents.ts';
import { readCodeRoute } from './routes/read-code.ts';
import { readPassRoute } from './routes/read-pass.ts';
import { recoverTotpRoute } from './routes/recover-totp.ts';
import { renewTotpRecoveryCodesRoute } from './routes/renew-totp-recovery-codes.ts';
import { reportMailRoute } from './routes/report-mail.ts';
import { requestCodeRoute } from './routes/request-code.ts';
import { resendCodeRoute } from './routes/resend-code.ts';
import { verifyAddressCodeRoute } from './routes/verify-address-code.ts';
import { verifyCodeRoute } from './routes/verify-code.ts';
import { verifyTotpRoute } from './routes/verify-totp.ts';
import { watchCodeRoute } from './routes/watch-code.ts';
import { createStatusWatch } from './status/status-watch.ts';

/** Redis does nothing else meanwhile. */
const mostOrdersAtOnce = 16;

await runService('api', process.env, async ({ log, onStop, onReload }) => {
  const config = readEnvironment(variables, process.env);
  const { publicUrl, indexKey, signingKeys } = config;
  const sealingKeys = tellOfMissingKeys(config.sealingKeys, log);
  const now = () => new Date();
  const readSites = () => {
    if (config.sitesFile === '') return [builtInSite([publicUrl])];
    const rules = { now: now(), needsEnd: publicUrl.startsWith('https:') };
    const { sites: found } = readConfigFile('DAYPASS_SITES', config.sitesFile, (text) => parseSites(text, rules));
    warnOfSandboxes(found, rules.now, log);
    return found;
  };
  const sites = createSites(readSites());
  onReload('sites', () => replaceSites(sites, readSites()));

  // What it stands on.
  const stopTracing = await startTracing('api', config.traceEndpoint, log);
  if (stopTracing) onStop('tracing', stopTracing);
  const onConnection = tellOfConnections(log);
  const redis = connectRedis(config.redisUrl, 'fail-fast', onConnection('redis'));
  onStop('redis', () => closeRedis(redis));
  const listeningRedis = connectRedis(config.redisUrl, 'wait', onConnection('redis'));
  onStop('listening redis', () => closeRedis(listeningRedis));
  const producer = createProducer(codeIssue, redis, {
    telemetry: stopTracing && (await createJobTracing()),
    gather: (addAll) => gather(addAll, mostOrdersAtOnce),
  });
  const store = openStore(config.mongodbUrl, onConnection('mongodb'));
  onStop('store', () => store.close());

  // What it does.
  const logBudget = createBudgetLog(log);
  const onRelaxed = (site: string) => logBudget(site, 'relaxed');
  const orderMail = (order: CodeMailOrder) => producer.add({ v: 1, ...order });
  const addBehindLimits = producer.behind(spendRequestGate);
  const withdraw = producer.withdrawing(refundRequestScript);
  const orderBehindLimits = {
    spend: (question: GateQuestion, order: CodeMailOrder, lane: number) => addBehindLimits(question, { v: 1, ...order }, lane),
    takeBack: (question: GateQuestion, order: CodeMailOrder) => withdraw(question, { v: 1, ...order }),
  };
  const limits = {
    spendLimits: createSpendLimits(redis),
    spendRequest: createSpendRequest(redis, askSpendRequest(redis), onRelaxed),
    spendAndOrder: createSpendRequest(redis, orderBehindLimits, onRelaxed),
    countWrongCode: createCountWrongCode(redis, logBudget),
    forgetFailures: createForgetFailures(redis, (err) => log.warn({ err }, 'failures of an address are not forgotten')),
  };
  const domain = { ...limits, sites, indexKey, sealingKeys, orderMail, challenges: store.challenges, enrolments: store.enrolments, now, randomBytes };
  const requestCode = createRequestCode(domain);
  const requestCodeOnce = createRequestCodeOnce({ ...domain, beginOnce: createBeginOnce(redis), requestCode });
  const readStatus = createReadStatus(domain);
  const watch = createStatusWatch(readStatus);
  listenToAnnouncements(listeningRedis, statusTopic, watch.changed, watch.missed);
  const resendCode = createResendCode(domain);
  const verifyCode = createVerifyCode(domain);
  const verifyAddressCode = createVerifyAddressCode(domain);
  const enrolTotp = createEnrolTotp(domain);
  const confirmTotp = createConfirmTotp(domain);
  const verifyTotp = createVerifyTotp(domain);
  const recoverTotp = createRecoverTotp(domain);
  const renewRecoveryCodes = createRenewRecoveryCodes(domain);
  const endTotp = createEndTotp(domain);
  const revocations = createRevocations({ indexKey, marks: createSharedMarks(redis), now });
  const revokeDevices = createRevokeDevices({ keepRevocation: createKeepRevocation(redis) });
  const endPasses = createEndPasses({ indexKey, revocations, revokeDevices, now });
  const passes = { issuer: publicUrl, sites, indexKey, signingKeys, revocations, now, randomBytes };
  const verifyPass = createVerifyPass(passes);
  const admit = createAdmit({ ...passes, grant: createGrant(passes), makeHalfPass: createMakeHalfPass(passes) });

  // What it tells those who run it.
  const registry = createRegistry();
  addPoolMetric(registry, store.pool);
  addQueueMetrics(registry, producer, now);
  addGuessBudgetMetric(registry, sites, createReadWrongCodes(redis), now);
  const metrics = createApiMetrics(registry, sites, now);
  metrics.watchWatchers(watch.count);

  // How it is asked.
  const sendProblem = createSendProblem(publicUrl);
  const sessionCookie = createHostCookie(publicUrl, 'daypass');
  const deviceCookie = createHostCookie(publicUrl, 'daypass-device');
  const origins = allowedOrigins(publicUrl, sites);
  const shownPass = createShownPass({ verifyPass, sessionCookie, origins });
  const verifyHalfPass = createVerifyHalfPass(passes);
  const proofs = createBearerProofs({ verifyPass, verifyHalfPass });
  const sendGrant = createSendGrant({ admit, proofs, sessionCookie, deviceCookie, origins, sendProblem });
  const app = await createApp({ publicUrl, sites, trustedProxies: config.trustedProxies, sendProblem, log, metrics, traced: stopTracing !== undefined });
  const readClient = createReadClient(createCheckCredentials(domain));
  requestCodeRoute(app, { requestCode, requestCodeOnce, readClient, deviceCookie, sendProblem, metrics });
  readCodeRoute(app, { readStatus, sendProblem });
  reportMailRoute(app, { reportMail: createReportMail({ ...domain, suppressions: store.suppressions }), secret: config.reportSecret, sendProblem, metrics });
  watchCodeRoute(app, { readStatus, watch, sendProblem });
  resendCodeRoute(app, { resendCode, deviceCookie, sendProblem, metrics });
  verifyCodeRoute(app, { verifyCode, sendGrant, metrics });
  verifyAddressCodeRoute(app, { verifyAddressCode, sendGrant, metrics });
  enrolTotpRoute(app, { enrolTotp, proofs, sendProblem, metrics });
  confirmTotpRoute(app, { confirmTotp, sendGrant, metrics });
  verifyTotpRoute(app, { verifyTotp, sendGrant, metrics });
  recoverTotpRoute(app, { recoverTotp, sendGrant, metrics });
  renewTotpRecoveryCodesRoute(app, { renewRecoveryCodes, proofs, sendProblem });
  endTotpRoute(app, { endTotp, proofs, sendProblem });
  readPassRoute(app, { shownPass, sendProblem });
  endPassRoutes(app, { endPass: revocations.endPass, endPasses, shownPass, sessionCookie, sendProblem });

  // What stands in front of it, and the pages that people see.
  const isTrustedProxy = createIsFrom(config.trustedProxies);
  const { mayReturn } = origins;
  forwardAuthRoute(app, { sites, verifyPass, mayReturn, isTrustedProxy, sendProblem });
  const hosted = {
    publicUrl,
    sites,
    states: createLoginStates({ sealingKeys, now, randomBytes }),
    steps: createLoginSteps({ requestCode, resendCode, verifyCode, verifyTotp, recoverTotp, verifyHalfPass, admit, metrics }),
    handovers: createHandovers({ sealingKeys, singleUse: createSingleUse(redis), now, randomBytes }),
    readStatus,
    verifyPass,
    verifyHalfPass,
    enrolTotp,
    confirmTotp,
    admit,
    metrics,
    endPass: revocations.endPass,
    endPasses,
    sessionCookie,
    deviceCookie,
    mayReturn,
    isTrustedProxy,
    now,
    randomBytes,
  };
  const clientOf = (id: string) => {
    const site = sites.byId(id);
    return site && clientOfSite(site, idTokenAlgorithm(site, signingKeys));
  };
  const records = createEndingRecords(redis, 'oidc');
  const adapter = createSealedAdapter({ records, sealingKeys, revocations, clientOf, now, randomBytes });
  const accounts = createAccounts(adapter('Account'));
  const mayCall = origins.of;
  const cookieKey = mac(indexKey.cookie, ['oidc']);
  const provider = createOidcProvider({ ...hosted, signingKeys, cookieKey, adapter, accounts, revocations, mayCall, passCookie: sessionCookie.name, log });
  await mountProvider(app, provider, publicUrl);
  await hostedRoutes(app, { ...hosted, finishInteraction: createFinishInteraction({ provider, accounts, sites }) });
  await protectedOriginRoutes(app, hosted);
  publicDocumentRoutes(app, { signingKeys, sendProblem });
  await elementRoutes(app, { sendProblem });

  const ops = await listenForOps({
    host: config.opsHost,
    port: config.opsPort,
    insecure: config.opsInsecure,
    registry,
    checks: {
      redis: { probe: () => checkRedis(redis), required: true },
      // Requests are taken without it: taking this process out of the balance would lose them.
      mongodb: { probe: () => store.ready(), required: false },
      // Emailed codes need nothing that was sealed long ago: see docs/operations.
      seals: { probe: createProbeSeals(domain), required: false },
    },
    extend: async (listener) => {
      const { opsUsers: users, opsWrite: mayRetry } = config;
      if (users.length > 0) await addQueueDashboard(listener, [producer.queue], { users, mayRetry, log });
    },
  });
  onStop('ops listener', ops.close);

  const address = await listenOn(app, { host: config.host, port: config.port, variables: { host: 'HOST', port: 'PORT' } });
  onStop('public listener', () => app.close());
  log.info({ address, opsPort: ops.port }, 'api listens');
});
