import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { makeChallengeId, siteTagOf } from '@daypass/core/keys/challenge-id';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { startCatcher, type Catcher } from '@daypass/tools/catcher/start-catcher';
import { until } from '@daypass/tools/testing/until';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, rules, runbooks } from '../support/alert-rules.ts';
import { startService, type ServiceName, type ServiceProcess } from '../support/processes.ts';
import { fetchDeadlineMs, findPrometheus, startPrometheus, unfired, type Alert, type Prometheus } from '../support/prometheus.ts';
import { alertNames, alertsInSeconds } from '../support/real-alerts.ts';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { familyOf, groupingLabelsIn, metricsIn, selectionsIn } from '../support/promql.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { createVisitor } from '../support/visitor.ts';
import { startSystem, type System } from '../support/system.ts';

interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

interface Board {
  panels: Panel[];
  annotations: { list: { expr: string }[] };
  templating: { list: { type: string; query: string | { query: string } }[] };
}

const board = JSON.parse(read('deploy/grafana/daypass.json')) as Board;

/** An expression of the board as Prometheus gets it. */
const filledIn = (expr: string) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$site', '.+');
/** What Grafana asks for the values of a variable, as an expression. */
const askedFor = ({ query }: Board['templating']['list'][number]) => {
  const text = typeof query === 'string' ? query : query.query;
  const [, metric, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
  if (metric === undefined) throw new Error(`${text} asks for no label`);
  return `group by (${label}) (${metric})`;
};
const boardExpressions = [
  ...board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => filledIn(expr))),
  ...board.annotations.list.map(({ expr }) => filledIn(expr)),
  ...board.templating.list.filter(({ type }) => type === 'query').map(askedFor),
];
/** What a runbook tells to type. */
const runbookExpressions = runbooks.flatMap((path) =>
  [...read(path).replaceAll(/```[^]*?```/g, '').matchAll(/`([^`]*\b(?:daypass|nodejs|process)_[a-z_]+[^`]*|up\{[^`]*)`/g)].map(([, expr = '']) => expr),
);

// All parts use one system, one after the other: at first everything is well.
let mailServer: Catcher;
/** Has no room for any mail. */
let fullServer: ScriptedSmtp;
let sites: SitesFile;
let redis: OwnRedis;
let system: System;
let prometheus: Prometheus;
beforeAll(async () => {
  await findPrometheus();
  mailServer = await startCatcher();
  fullServer = await startScriptedSmtp(() => ({ code: 452, text: 'no room, come back later' }));
  const origins = ['http://localhost:3000'];
  sites = await createSitesFile(
    sitesText([
      { id: 'default', name: 'Default', origins, totp: { anonymous: true } },
      { id: 'guessed', name: 'Guessed', origins, proofOfWork: 'always', limits: { siteWrongCodesPerDay: 5 } },
    ]),
  );
  redis = await startOwnRedis();
  system = await startSystem({ sweepers: 1, redisUrl: redis.url, env: { SMTP_URL: mailServer.smtpUrl, DAYPASS_SITES: sites.path } });
  prometheus = await startPrometheus({ api: system.apis, 'mailer-worker': system.workers, sweeper: system.sweepers });
}, fetchDeadlineMs);
afterAll(async () => {
  await prometheus?.stop();
  await system?.stop();
  await redis?.stop();
  await mailServer?.stop();
  await fullServer?.stop();
  await sites?.remove();
});

const metricsOf = async ({ opsUrl }: { opsUrl: string }) => (await fetch(`${opsUrl}/metrics`)).text();
const firing = async () => (await prometheus.firing()).map(({ name }) => name);

describe('with all services at work', () => {
  let metrics: Map<string, Set<string>>;
  /** What each process says of itself. */
  let texts: string[];

  beforeAll(async () => {
    const visitor = createVisitor(system.apis[0]?.url ?? '', mailServer);
    const id = await visitor.ask();
    const code = await visitor.code();
    await visitor.post(`/v1/codes/${id}/resend`);
    await visitor.verify(id, 'AAAA-AAAA');
    await visitor.verify(id, code);
    await visitor.post('/v1/codes', { email: visitor.email }); // Too soon.
    await visitor.post('/v1/codes', { email: 'somebody.else@example.com', site: 'guessed' });
    const { body: enrolment } = await visitor.post('/v1/totp', {});
    await visitor.post(`/v1/totp/${String(enrolment['id'])}/confirm`, { code: '000000' });

    // A worker counts a mail after it has been delivered.
    await until('each worker has counted a mail', async () => (await Promise.all(system.workers.map(metricsOf))).every((text) => text.includes('daypass_mail_jobs_total{')));
    texts = await Promise.all([...system.apis, ...system.workers, ...system.sweepers].map(metricsOf));
    // Prometheus itself says these.
    metrics = new Map([['up', new Set()], ['ALERTS', new Set(['alertname', 'alertstate', 'severity'])]]);
    for (const [name, labels] of texts.flatMap((text) => [...metricsIn(text)])) {
      metrics.set(name, new Set([...(metrics.get(name) ?? []), ...labels]));
    }
  });

  const everywhere = [...rules.map(({ expr }) => expr), ...boardExpressions, ...runbookExpressions];

  test('rules, board and runbooks name only metrics that there are', () => {
    expect(everywhere.length).toBeGreaterThan(80);
    const named = everywhere.flatMap((expr) => selectionsIn(expr).map(({ metric }) => ({ metric, expr })));
    expect(named.filter(({ metric }) => !metrics.has(metric))).toEqual([]);
  });

  test('they match and group by labels that those metrics have', () => {
    const labelsOf = (metric: string) => [...(metrics.get(metric) ?? []), 'job', 'instance'];
    // Of a counter without labels' values nothing is known before its first event.
    const seen = everywhere.filter((expr) => !selectionsIn(expr).some(({ metric }) => metric === 'daypass_sweep_failures_total'));
    const wrong = seen.flatMap((expr) => {
      const selections = selectionsIn(expr);
      const all = selections.flatMap(({ metric }) => labelsOf(metric));
      const matched = selections.flatMap(({ metric, labels }) => labels.filter((label) => !labelsOf(metric).includes(label)));
      const grouped = groupingLabelsIn(expr).filter((label) => !all.includes(label));
      return [...matched, ...grouped].map((label) => ({ label, expr }));
    });
    expect(wrong).toEqual([]);
  });

  test('every metric of ours is on the board or in a rule', () => {
    const used = new Set([...rules.map(({ expr }) => expr), ...boardExpressions].flatMap(selectionsIn).map(({ metric }) => familyOf(metric)));
    const ours = new Set([...metrics.keys()].filter((name) => name.startsWith('daypass_')).map(familyOf));
    expect(ours.size).toBeGreaterThan(12);
    expect([...ours].filter((name) => !used.has(name))).toEqual([]);
  });

  test('names and units are as Prometheus wants them', async () => {
    const { promtool } = await findPrometheus();
    for (const text of texts) {
      // What is not ours is Node's, as its library names it.
      const ours = text.split('\n').filter((line) => /^(# (HELP|TYPE) )?daypass_/.test(line));
      expect(ours.length).toBeGreaterThan(10);
      const linted = spawnSync(promtool, ['check', 'metrics'], { input: `${ours.join('\n')}\n`, encoding: 'utf8', timeout: 20_000 });
      expect({ status: linted.status, says: linted.stderr + linted.stdout }).toEqual({ status: 0, says: '' });
    }
  });

  test('no more is counted apart for twenty more visitors than for one', async () => {
    const series = async () => {
      const all = await Promise.all([...system.apis, ...system.workers].map(metricsOf));
      return [...new Set(all.flatMap((text) => text.match(/^daypass_\w+(\{[^}]*\})?/gm) ?? []))].toSorted();
    };
    const visit = async () => {
      const visitor = createVisitor(system.apis[0]?.url ?? '', mailServer);
      const id = await visitor.ask();
      await visitor.verify(id, await visitor.code());
      await visitor.get(`/v1/codes/${id}`);
      await visitor.get(`/v1/${visitor.email}`);
    };
    // What an answer is counted as may be seen a moment after it.
    for (let each = 0; each < 2; each += 1) await visit();
    const before = await series();
    for (let each = 0; each < 20; each += 1) await visit();
    expect(await series()).toEqual(before);
  });

  test('Prometheus takes every expression of the board and of the runbooks, and no alert fires', async () => {
    for (const expr of [...boardExpressions, ...runbookExpressions]) await prometheus.count(expr);
    await expect.poll(() => prometheus.count('daypass_queue_jobs'), { timeout: 10_000 }).toBeGreaterThan(0);
    await expect.poll(firing, { timeout: 15_000 }).toEqual([]);
  });
});

describe('made to happen for real', () => {
  const seen = new Map<string, Alert>();

  const addJobs = async (...ids: string[]) => {
    const producer = createProducer(codeIssue, system.redis);
    for (const id of ids) await producer.add({ v: 1, id, site: 'default', envelope: 'sealed', send: 1 });
  };

  test('a mail server that is away, guesses, a flood, a forged job, one that is too late, and data past its time', async () => {
    const visitor = system.visitor();
    const longAgo = new Date(Date.now() - 15 * 60_000);
    let id = '';
    const deed = async () => {
      await mailServer.stop();
      id = await visitor.ask();
      const { DAYPASS_INDEX_KEY: indexKey = '' } = system.env;
      await addJobs(makeChallengeId(parseIndexKey(indexKey), siteTagOf('default'), longAgo, randomBytes), 'nobody-made-this');
    };
    const meanwhile = async () => {
      await system.visitor().ask();
      for (let each = 0; each < 5; each += 1) {
        await visitor.verify(id, 'AAAA-AAAA');
        await visitor.post('/v1/codes', { email: visitor.email });
        await visitor.post('/v1/totp/AAAAAAAAAAAAAAAAAAAAAA/verify', { code: '000000' });
      }
      await visitor.post('/v1/codes/verify', { email: visitor.email, site: 'guessed', code: 'AAAA-AAAA' });
      const due = { _id: `due-${Date.now()}`, purgeAt: longAgo };
      await system.mongo.collection<{ _id: string; purgeAt: Date }>('challenges').insertOne(due);
    };
    expect(await unfired(prometheus, seen, alertsInSeconds.trouble, { deed, meanwhile })).toEqual([]);
  });

  /** Another process in the place of one, for Prometheus too. */
  const replaceWorker = async (env: NodeJS.ProcessEnv) => {
    const [former] = system.workers;
    await former?.stop();
    const { port } = new URL(former?.opsUrl ?? '');
    system.workers[0] = await startService('mailer-worker', { ...system.env, ...env, OPS_PORT: port });
  };

  test.each([
    { what: 'a mail server that puts every mail off', env: () => ({ SMTP_URL: fullServer.url }) },
    { what: 'a worker without the key that the API seals with', env: () => ({ DAYPASS_SECRETS: makeSecrets(new Date(), randomBytes).DAYPASS_SECRETS }) },
  ])('$what: nothing is refused and nothing is lost, and no mail is sent', async ({ env }) => {
    const deed = () => replaceWorker(env());
    const meanwhile = () => Promise.all(Array.from({ length: 4 }, () => system.visitor().ask()));
    expect(await unfired(prometheus, seen, alertsInSeconds.nothingSent, { deed, meanwhile })).toEqual([]);
  });

  test('no worker, and visitors who wait for it', async () => {
    const deed = async () => {
      await system.workers[0]?.stop();
      const id = await system.visitor().ask();
      // It has been there for five minutes.
      await system.redis.hset(`{daypass}:code-issue:${id}.1`, 'timestamp', Date.now() - 300_000);
    };
    expect(await unfired(prometheus, seen, alertsInSeconds.noWorker, { deed })).toEqual([]);
  });

  test('a Redis that may throw jobs away, and one that hangs', async () => {
    const evict = () => system.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await unfired(prometheus, seen, alertsInSeconds.evictingRedis, { deed: evict })).toEqual([]);
    await system.redis.config('SET', 'maxmemory-policy', 'noeviction');

    const deed = () => system.redis.call('CLIENT', 'PAUSE', '10000', 'ALL');
    const visitor = system.visitor();
    const meanwhile = () => Promise.all(Array.from({ length: 5 }, () => visitor.post('/v1/codes', { email: visitor.email })));
    expect(await unfired(prometheus, seen, alertsInSeconds.hangingRedis, { deed, meanwhile })).toEqual([]);
    await system.redis.call('CLIENT', 'UNPAUSE');
  });

  test('no API and no sweeper', async () => {
    const deed = () => Promise.all([system.apis[0]?.stop(), system.sweepers[0]?.stop()]);
    expect(await unfired(prometheus, seen, alertsInSeconds.nobody, { deed })).toEqual([]);
  });

  test('says all of this in whole sentences without anything of a visitor, and stops saying it when it is over', async () => {
    expect(alertNames(alertsInSeconds).filter((name) => !seen.has(name))).toEqual([]);
    for (const { annotations } of seen.values()) {
      for (const text of Object.values(annotations)) expect(text).not.toMatch(/\{\{|error expanding|@|<no value>/);
    }
    await system.redis.del('{daypass}:wrong-codes:guessed'); // As if a day had passed.
    mailServer = await startCatcher({ smtpPort: Number(new URL(mailServer.smtpUrl).port) });
    const again = async (name: ServiceName, among: ServiceProcess[]) => {
      const { port } = new URL(among[0]?.opsUrl ?? '');
      among.push(await startService(name, { ...system.env, OPS_PORT: port }));
    };
    await Promise.all([again('api', system.apis), again('mailer-worker', system.workers), again('sweeper', system.sweepers)]);
    await expect.poll(firing, { timeout: 40_000, interval: 500 }).toEqual([]);
  });
});
