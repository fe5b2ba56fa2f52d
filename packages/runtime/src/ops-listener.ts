import { collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client';
import Fastify, { type FastifyInstance } from 'fastify';
import { refuseExposed } from './config.ts';
import { listenOn } from './listen-on.ts';
import { describeError } from './logger.ts';
import { reasonOf } from './reason-of.ts';

/** One thing that a process depends on. */
export interface Check {
  /** Rejects with what is wrong, or gives that it cannot be known now, because of something that has a check of its own. */
  probe: () => Promise<void | 'not known'>;
  /** Whether the process is of no use without it. Otherwise it is reported as degraded, and stays ready. */
  required: boolean;
}

const probeDeadlineMs = 1_500;

export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * The listener that is never public: /livez (the process turns), /readyz (what it needs is there), /metrics.
 *
 * @param extend adds what only this process has, before it listens
 */
export async function listenForOps(options: {
  host: string;
  port: number;
  /** Says that something else encrypts: needed for any host that is not loopback. */
  insecure: boolean;
  checks: Record<string, Check>;
  registry: Registry;
  extend?: (app: FastifyInstance) => Promise<void>;
}): Promise<{ port: number; close: () => Promise<void> }> {
  const { host, port, insecure, checks, registry, extend } = options;
  refuseExposed(host, insecure);
  addDependencyMetric(registry, checks);

  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.get('/livez', () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const results = await Promise.all(Object.entries(checks).map(runCheck));
    const status = overall(results);
    return reply
      .code(status === 'unavailable' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send({ status, checks: Object.fromEntries(results.map(({ name, said }) => [name, said])) });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
  await extend?.(app);

  await listenOn(app, { host, port, variables: { host: 'OPS_HOST', port: 'OPS_PORT' } });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => app.close(),
  };
}

/** What readiness says, for those who watch graphs. */
function addDependencyMetric(registry: Registry, checks: Record<string, Check>): void {
  registry.registerMetric(
    new Gauge({
      name: 'daypass_dependency_up',
      help: 'Whether something this process depends on answers: 1, or 0. Missing while it is not known.',
      labelNames: ['dependency'],
      registers: [registry],
      async collect() {
        const results = await Promise.all(Object.entries(checks).map(runCheck));
        for (const { name: dependency, passed } of results) {
          if (passed === 'not known') this.remove({ dependency });
          else this.set({ dependency }, passed ? 1 : 0);
        }
      },
    }),
  );
}

interface CheckResult {
  name: string;
  required: boolean;
  passed: boolean | 'not known';
  said: string;
}

async function runCheck([name, { probe, required }]: [string, Check]): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), probeDeadlineMs);
  });
  try {
    const known = (await Promise.race([probe(), deadline])) !== 'not known';
    return { name, required, passed: known || 'not known', said: known ? 'ok' : 'not known' };
  } catch (error) {
    return { name, required, passed: false, said: sayWhy(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong, and of what lies under it no more than its name. */
function sayWhy(error: unknown): string {
  const { message } = describeError(error);
  return error instanceof Error && error.cause !== undefined ? `${message}: ${reasonOf(error.cause)}` : message;
}

function overall(results: readonly CheckResult[]): 'ready' | 'degraded' | 'unavailable' {
  if (results.some(({ passed, required }) => !passed && required)) return 'unavailable';
  return results.every(({ passed }) => passed === true) ? 'ready' : 'degraded';
}
