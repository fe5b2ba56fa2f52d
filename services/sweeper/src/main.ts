import { tellOfMissingKeys } from '@daypass/core/keys/tell-of-missing-keys';
import { openStore } from '@daypass/core/store/open-store';
import { createProbeSeals } from '@daypass/core/totp/probe-seals';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { createLeases } from '@daypass/runtime/lease';
import { createRegistry, listenForOps } from '@daypass/runtime/ops-listener';
import { addPoolMetric } from '@daypass/runtime/pool-metric';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { checkRedis, closeRedis, connectRedis, untilReady } from '@daypass/runtime/redis';
import { runService } from '@daypass/runtime/run-service';
import { tellOfConnections } from '@daypass/runtime/tell-of-connections';
import { variables } from './config.ts';
import { startSchedule } from './schedule.ts';
import { createSweepMetrics } from './sweep-metrics.ts';
import { endedEnrolments } from './sweeps/ended-enrolments.ts';
import { endedSuppressions } from './sweeps/ended-suppressions.ts';
import { expiredChallenges } from './sweeps/expired-challenges.ts';
import { finishedJobs } from './sweeps/finished-jobs.ts';
import { reSeal } from './sweeps/re-seal.ts';

/** A lease outlasts what a batch takes. Where it does not, two sweep for a while, which does no harm. */
const batchLeaseMs = 10_000;

await runService('sweeper', process.env, async ({ log, onStop }) => {
  const config = readEnvironment(variables, process.env);
  const sealingKeys = tellOfMissingKeys(config.sealingKeys, log);

  const onConnection = tellOfConnections(log);
  const redis = connectRedis(config.redisUrl, 'fail-fast', onConnection('redis'));
  onStop('redis', () => closeRedis(redis));
  const producer = createProducer(codeIssue, redis);

  const store = openStore(config.mongodbUrl, onConnection('mongodb'));
  onStop('store', () => store.close());

  const registry = createRegistry();
  addPoolMetric(registry, store.pool);
  const ops = await listenForOps({
    host: config.opsHost,
    port: config.opsPort,
    insecure: config.opsInsecure,
    registry,
    checks: {
      redis: { probe: () => checkRedis(redis), required: true },
      mongodb: { probe: () => store.ready(), required: true },
      seals: { probe: createProbeSeals({ enrolments: store.enrolments, sealingKeys }), required: false },
    },
  });
  onStop('ops listener', ops.close);

  // The round at the start is for what fell due while no sweeper ran.
  await Promise.all([store.connected, untilReady(redis)]);
  const now = () => new Date();
  const sweeps = [
    expiredChallenges(store, now),
    endedEnrolments(store, now),
    endedSuppressions(store, now),
    reSeal(store, sealingKeys, log),
    finishedJobs(producer, now),
  ];
  const metrics = createSweepMetrics(registry, sweeps);
  const takeLease = createLeases(redis, { ttlMs: batchLeaseMs });
  const schedule = startSchedule(sweeps, log, metrics.swept, metrics.failed, (sweep) => takeLease(`sweep.${sweep}`));
  onStop('schedule', () => schedule.stop());
  log.info({ opsPort: ops.port }, 'sweeper runs');
});
