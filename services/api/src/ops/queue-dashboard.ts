import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpsUser } from '../config.ts';
import { signIn } from './sign-in.ts';

type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

const basePath = '/queues';

/** The board's page asks a stranger's server for a font, and starts by an inline script. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** The one change that an operator may make: to try a failed job again. */
const retryPath = /^\/queues\/api\/queues\/[^/]+\/(?<job>[^/]+)\/retry(\/failed)?$/;

/**
 * The queue dashboard: behind a sign-in, without what is sealed, and for looking only, unless `mayRetry`. Every retry
 * is a line in the log, with who asked for it.
 */
export async function addQueueDashboard(
  app: FastifyInstance,
  queues: readonly BoardQueue[],
  { users, mayRetry, log }: { users: readonly OpsUser[]; mayRetry: boolean; log: FastifyBaseLogger },
): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: queues.map((queue) => redacted(queue, mayRetry)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Daypass queues', hideRedisDetails: true } },
  });

  await app.register(
    async (board) => {
      board.addHook('onRequest', async (request, reply) => {
        void reply.header('content-security-policy', contentSecurityPolicy).header('cache-control', 'no-store');
        const operator = signIn(users, request.headers.authorization);
        if (operator === undefined) return askToSignIn(reply);
        return isReading(request) ? undefined : guardChange(operator, request, reply);
      });
      await board.register(serverAdapter.registerPlugin());
    },
    { prefix: basePath },
  );

  function guardChange(operator: string, { url }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const job = mayRetry ? retryPath.exec(url)?.groups?.['job'] : undefined;
    if (job === undefined) return reply.code(405).send({ error: 'This dashboard changes nothing but failed jobs, with OPS_WRITE=1.' });
    log.warn({ audit: true, operator, job, action: 'retry' }, 'operator retries a job');
    return undefined;
  }
}

function redacted(queue: BoardQueue, mayRetry: boolean): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, { readOnlyMode: !mayRetry, allowRetries: mayRetry });
  adapter.setFormatter('name', ({ data }: { data?: unknown }) => nameOf(data));
  adapter.setFormatter('data', redact);
  return adapter;
}

/** "default · mail 2": what tells jobs apart at a glance. */
function nameOf(data: unknown): string {
  const shown = redact(data);
  return shown === malformed ? malformed : `${String(shown.site)} · mail ${String(shown.send)}`;
}

const malformed = 'malformed';

/** What a person may see of a payload: which challenge and which site. A payload that is not ours is not shown. */
function redact(data: unknown): Record<'v' | 'id' | 'site' | 'send' | 'envelope', string | number> | typeof malformed {
  if (typeof data !== 'object' || data === null) return malformed;
  const { v, id, site, send } = data as Record<string, unknown>;
  if (typeof v !== 'number' || typeof id !== 'string' || typeof site !== 'string' || typeof send !== 'number') return malformed;
  return { v, id, site, send, envelope: 'sealed' };
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function askToSignIn(reply: FastifyReply): FastifyReply {
  return reply.code(401).header('www-authenticate', 'Basic realm="Daypass queues", charset="UTF-8"').send('Sign in.\n');
}
