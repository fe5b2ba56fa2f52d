import { createIssueCode, type CodeMail } from '@daypass/core/codes/issue-code';
import { makeMessageId } from '@daypass/core/keys/message-id';
import { tellOfMissingKeys } from '@daypass/core/keys/tell-of-missing-keys';
import { parseSites } from '@daypass/core/sites/parse-sites';
import { replaceSites } from '@daypass/core/sites/replace-sites';
import { builtInSite } from '@daypass/core/sites/site';
import { createSites } from '@daypass/core/sites/sites';
import { openStore } from '@daypass/core/store/open-store';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createConsumer } from '@daypass/jobs/consumer';
import { createJobTracing } from '@daypass/jobs/job-tracing';
import { createAnnouncer, statusTopic } from '@daypass/runtime/announcements';
import { createLeases } from '@daypass/runtime/lease';
import { createRegistry, listenForOps } from '@daypass/runtime/ops-listener';
import { addPoolMetric } from '@daypass/runtime/pool-metric';
import { readConfigFile } from '@daypass/runtime/read-config-file';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { checkRedis, closeRedis, connectRedis } from '@daypass/runtime/redis';
import { createSharedPace } from '@daypass/runtime/shared-pace';
import { runService } from '@daypass/runtime/run-service';
import { tellOfConnections } from '@daypass/runtime/tell-of-connections';
import { startTracing } from '@daypass/runtime/tracing';
import { variables } from './config.ts';
import { createDeliverCode } from './deliver-code.ts';
import { knowSuppressions } from './know-suppressions.ts';
import { addConnectionMetrics, addSuppressionMetric, createMailerMetrics } from './mailer-metrics.ts';
import { createComposeMail } from './compose/compose-mail.ts';
import { startDkim } from './dkim/start-dkim.ts';
import { languageOf, renderCodeMail } from './templates/code-mail.ts';
import { loadTemplates } from './templates/load-templates.ts';
import { createCircuitBreaker } from './transports/circuit-breaker.ts';
import { imitateHandovers } from './transports/imitate-handovers.ts';
import { handOverInOrder, handoverDeadlineMs } from './transports/in-order.ts';
import { reservedPlaces, shareAmongDomains } from './transports/share-among-domains.ts';
import { shareLimits } from './transports/share-limits.ts';
import { createSmtpTransport } from './transports/smtp-transport.ts';

/**
 * A mail in the hands of a worker that is killed is mailed by another soon. Long enough for a worker that stands still past
 * the lock of its jobs; renewed for the longest hand-over, and what is written before and after it.
 */
const leaseTerms = { ttlMs: 20_000, renewedForMs: handoverDeadlineMs + 10_000 };
/** What a stopping worker gives the mails in hand. */
const drainDeadlineMs = 6_000;

await runService('mailer-worker', process.env, async ({ log, onStop, onReload }) => {
  const config = readEnvironment(variables, process.env);
  const { indexKey, concurrency } = config;
  const sealingKeys = tellOfMissingKeys(config.sealingKeys, log);
  const now = () => new Date();
  const readSites = () => {
    if (config.sitesFile === '') return [builtInSite([])];
    // Whether a sandbox must end is for the API to say: it lets nobody in that it does not know.
    const rules = { now: now(), needsEnd: false };
    return readConfigFile('DAYPASS_SITES', config.sitesFile, (text) => parseSites(text, rules)).sites;
  };
  const sites = createSites(readSites());
  let templateOf = loadTemplates(config.templates, sites.all);
  onReload('sites', () => {
    const next = readSites();
    // Both or none: a site that is new may have a template of its own.
    const nextTemplateOf = loadTemplates(config.templates, next);
    const changes = replaceSites(sites, next);
    templateOf = nextTemplateOf;
    return changes;
  });

  const stopTracing = await startTracing('mailer-worker', config.traceEndpoint, log);
  if (stopTracing) onStop('tracing', stopTracing);
  const onConnection = tellOfConnections(log);
  const redis = connectRedis(config.redisUrl, 'fail-fast', onConnection('redis'));
  onStop('redis', () => closeRedis(redis));
  const blockingRedis = connectRedis(config.redisUrl, 'wait', onConnection('redis'));
  onStop('blocking redis', () => closeRedis(blockingRedis));

  const store = openStore(config.mongodbUrl, onConnection('mongodb'));
  onStop('store', () => store.close());

  const registry = createRegistry();
  addPoolMetric(registry, store.pool);
  const metrics = createMailerMetrics(registry);
  const compose = createComposeMail({
    render: (mail) => renderCodeMail(mail, templateOf(mail.site.id)),
    variantOf: languageOf,
    messageIdOf: (mail, { domain }) => `${makeMessageId(indexKey, mail)}@${domain}`,
  });
  const signed = await startDkim(config, log);
  const composeMail = (mail: CodeMail) => signed(compose(mail, mail.site.sender ?? config.mailFrom));
  // So many to one domain; for mails to others there are a few places more.
  const places = concurrency + reservedPlaces(concurrency);
  const transports = config.smtpServers.map((server) => ({
    transport: createSmtpTransport(server, places, composeMail, shareLimits(server, createSharedPace(redis, server.name), now)),
    breaker: createCircuitBreaker(() => performance.now()),
  }));
  onStop('smtp', async () => transports.forEach(({ transport }) => transport.close()));
  metrics.watchBreakers(transports.map(({ breaker }) => breaker.state));
  addConnectionMetrics(registry, transports.map(({ transport }) => transport.load));

  const known = knowSuppressions(store.suppressions, now, (err) => log.debug({ err }, 'suppressions not read'));
  onStop('suppressions', () => known.stop());
  addSuppressionMetric(registry, known.count);
  const handOverReally = handOverInOrder(transports, {
    handedOver: metrics.handedOver,
    opened: (transport, reason) => log.warn({ transport, reason }, 'mail server fails and is left alone'),
    closed: (transport) => log.info({ transport }, 'mail server is used again'),
  });
  const { handOver, imitateHandover } = imitateHandovers(handOverReally);
  const share = shareAmongDomains(concurrency);
  const issueCode = createIssueCode({
    sites,
    indexKey,
    sealingKeys,
    challenges: store.challenges,
    takeLease: createLeases(redis, leaseTerms),
    handOver: share(handOver),
    suppressions: { mayBeSuppressed: known.mayBeSuppressed, isSuppressed: store.suppressions.isSuppressed },
    imitateHandover: share(imitateHandover),
    now,
  });
  const deliverCode = createDeliverCode({
    issueCode,
    // A name that only the job knows would be a series of its own for each that somebody writes there.
    count: (result, site) => metrics.jobTaken(result, sites.byId(site)?.id ?? ''),
    announce: createAnnouncer(redis, statusTopic),
    log,
  });
  const consumer = createConsumer(codeIssue, blockingRedis, deliverCode, {
    concurrency: places,
    onError: (err) => log.warn({ err }, 'queue trouble'),
    onConnection: onConnection('redis'),
    telemetry: stopTracing && (await createJobTracing()),
  });

  const ops = await listenForOps({
    host: config.opsHost,
    port: config.opsPort,
    insecure: config.opsInsecure,
    registry,
    checks: {
      redis: { probe: () => checkRedis(redis), required: true },
      mongodb: { probe: () => store.ready(), required: true },
      queue: { probe: async () => consumer.assertRunning(), required: true },
    },
  });
  onStop('ops listener', ops.close);
  onStop('consumer', () => consumer.stop(drainDeadlineMs));
  log.info({ opsPort: ops.port, concurrency }, 'mailer worker takes jobs');
});
