import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@daypass/tools/ports/free-port';
import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { runCommand } from '@daypass/tools/processes/run-command';
import { defaultCacheDir, repoDir } from '@daypass/tools/repo';
import { unpackDebian } from '@daypass/tools/stores/unpack-debian';
import { until } from '@daypass/tools/testing/until';
import { stringify } from 'yaml';

export const rulesFile = join(repoDir, 'deploy/prometheus/rules.yml');

export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
}

/** How long finding it may take the first time: then it is fetched. */
export const fetchDeadlineMs = 180_000;

/** From PATH, else from the cache, else fetched from the Debian packages into the cache: root or not, no daemon. */
export async function findPrometheus(): Promise<PrometheusPrograms> {
  const onPath = { prometheus: findOnPath('prometheus'), promtool: findOnPath('promtool') };
  if (onPath.prometheus && onPath.promtool) return { prometheus: onPath.prometheus, promtool: onPath.promtool };

  const home = join(defaultCacheDir, `prometheus-${process.arch}`);
  if (!existsSync(home)) {
    if (!findOnPath('apt-get') || !findOnPath('dpkg')) {
      throw new Error('There is no prometheus and promtool on PATH. Install Prometheus to test the alert rules.');
    }
    await unpackDebian({ packages: ['prometheus'], into: home, verify });
  }
  return programsIn(home);
}

function programsIn(home: string): PrometheusPrograms {
  return { prometheus: join(home, 'usr/bin/prometheus'), promtool: join(home, 'usr/bin/promtool') };
}

async function verify(home: string): Promise<void> {
  await rm(join(home, 'usr/share'), { recursive: true }); // 200 MB of scripts for its web pages
  const { prometheus, promtool } = programsIn(home);
  for (const program of [prometheus, promtool]) await runCommand(program, ['--version'], { timeoutMs: 10_000 });
}

export interface Alert {
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface Prometheus {
  /** Those that fire. */
  firing(): Promise<Alert[]>;
  /** Those that fire, or will where nothing changes. */
  active(): Promise<Alert[]>;
  /** How many series an expression has now. Throws when it is not one. */
  count(expr: string): Promise<number>;
  stop(): Promise<void>;
}

const startDeadlineMs = 15_000;

/** Which processes it scrapes, by their internal listeners. */
export type Targets = Record<'api' | 'mailer-worker' | 'sweeper', readonly { opsUrl: string }[]>;

/**
 * A real Prometheus with the rules of deploy/prometheus in a hurry: what they look back on is shorter, and they do not
 * hesitate. What they compare (ages, shares, numbers) stays as it is.
 *
 * @param minuteSeconds how long a minute of the rules is
 */
export async function startPrometheus(targets: Targets, minuteSeconds = 1): Promise<Prometheus> {
  const { prometheus } = await findPrometheus();
  const dir = await mkdtemp(join(tmpdir(), 'daypass-prometheus-'));
  await writeFile(join(dir, 'rules.yml'), hurried(await readFile(rulesFile, 'utf8'), minuteSeconds));
  await writeFile(join(dir, 'prometheus.yml'), configuration(targets, minuteSeconds));
  const port = await freePort();
  const server = startLeashedProcess({
    command: prometheus,
    args: [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
  });

  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, { signal: AbortSignal.timeout(5_000) });
    const { status, error, data } = (await response.json()) as { status: string; error?: string; data: unknown };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  const answers = () => ask('status/runtimeinfo').then(() => true, () => false);
  await until('Prometheus answers', answers, startDeadlineMs).catch((error: unknown) => {
    throw new Error(server.lastLines().join('\n'), { cause: error });
  });

  const active = async () => {
    const { alerts } = (await ask('alerts')) as { alerts: (Omit<Alert, 'name'> & { state: string })[] };
    return alerts.map(({ state, labels, annotations }) => ({ state, name: labels['alertname'] ?? '', labels, annotations }));
  };

  return {
    active,
    firing: async () => (await active()).filter(({ state }) => state === 'firing'),
    async count(expr) {
      const { result } = (await ask(`query?query=${encodeURIComponent(expr)}`)) as { result: unknown[] };
      return result.length;
    },
    async stop() {
      await server.kill(); // Its data is not wanted.
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Cause {
  /** What is done once. */
  deed?: () => Promise<unknown>;
  /** What is done again and again, until they fire. */
  meanwhile?: () => Promise<unknown>;
  deadlineMs?: number;
}

/** What rules look back on has to pass. */
const quietDeadlineMs = 30_000;

/**
 * Waits until none of these alerts is about to fire, does something, and waits until all of them fire; what fires is
 * added to `seen`.
 *
 * @param names without `Daypass`
 * @returns those that have not fired in time
 */
export async function unfired(prometheus: Prometheus, seen: Map<string, Alert>, names: readonly string[], cause: Cause): Promise<string[]> {
  const { deed, meanwhile = async () => undefined, deadlineMs = 25_000 } = cause;
  const awaited = new Set(names.map((name) => `Daypass${name}`));
  const quiet = async () => (await prometheus.active()).every(({ name }) => !awaited.has(name));
  await until(`none of them fires before: ${names.join()}`, quiet, quietDeadlineMs);
  for (const name of awaited) seen.delete(name);

  await deed?.();
  const givenUpAt = Date.now() + deadlineMs;
  const missing = () => [...awaited].filter((name) => !seen.has(name));
  while (missing().length > 0 && Date.now() < givenUpAt) {
    await Promise.all([meanwhile(), pause(250)]);
    for (const alert of await prometheus.firing()) seen.set(alert.name, alert);
  }
  return missing();
}

function hurried(rules: string, minuteSeconds: number): string {
  return rules
    .replaceAll(/(?<=\[|offset )(\d+)m\b/g, (_, minutes) => `${Number(minutes) * minuteSeconds}s`)
    .replaceAll(/(?<=\n {8}for: )\d+[ms]/g, '1s');
}

function configuration(targets: Targets, minuteSeconds: number): string {
  // While a store is away a process needs a second or two to say so.
  const scrape = `${Math.min(2, minuteSeconds)}s`;
  return stringify({
    global: { scrape_interval: scrape, scrape_timeout: scrape, evaluation_interval: '500ms' },
    rule_files: ['rules.yml'],
    scrape_configs: Object.entries(targets).map(([name, processes]) => ({
      job_name: `daypass-${name}`,
      static_configs: [{ targets: processes.map(({ opsUrl }) => new URL(opsUrl).host) }],
    })),
  });
}
