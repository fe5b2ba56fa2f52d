import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import type { OpsUser } from '@daypass/runtime/api-variables';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SealedQueueAdapter, type BoardQueue } from './sealed-queue-adapter.ts';
import { signIn } from './sign-in.ts';

const basePath = '/queues';

/** The board's page starts by an inline script. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** It asks a stranger's server for a font, and has no option not to. */
const foreignFont = /<link href="https:[^>]*>/g;

/** The one change that an operator may make: to try a failed job again. */
const retryPath = /^\/queues\/api\/queues\/(?<queue>[^/]+)\/(?<job>[^/]+)\/retry(\/failed)?$/;

/**
 * The queue dashboard: behind a sign-in, without what is sealed, and for looking only, unless `mayRetry`. Every retry
 * is a line in the log, with who asked for it and what was answered.
 */
export async function addQueueDashboard(
  app: FastifyInstance,
  queues: readonly BoardQueue[],
  { users, mayRetry, log }: { users: readonly OpsUser[]; mayRetry: boolean; log: FastifyBaseLogger },
): Promise<void> {
  // Who changes something is on record at any LOG_LEVEL.
  const audit = log.child({ audit: true }, { level: 'warn' });
  const retries = new WeakMap<FastifyRequest, { operator: string; job: string }>();
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: queues.map((queue) => new SealedQueueAdapter(queue, { mayRetry })),
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
      board.addHook('onSend', async (_request, reply, payload) => {
        const isPage = typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html');
        return isPage ? payload.replace(foreignFont, '') : payload;
      });
      // It is known now what came of it; when the answer has left would be too late: whoever hangs up would leave no trace.
      board.addHook('onSend', async (request, { statusCode }) => {
        const retry = retries.get(request);
        if (retry) audit.warn({ ...retry, action: 'retry', status: statusCode }, 'operator asks for a job to be tried again');
      });
      await board.register(serverAdapter.registerPlugin());
    },
    { prefix: basePath },
  );

  async function guardChange(operator: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const { queue, job } = (mayRetry ? retryPath.exec(request.url)?.groups : undefined) ?? {};
    if (job === undefined) return reply.code(405).send({ error: 'This dashboard changes nothing but failed jobs, with OPS_WRITE=1.' });
    retries.set(request, { operator, job });
    // The board itself would also run one again that is done.
    const state = await queues.find(({ name }) => name === queue)?.getJobState(job);
    return state === 'failed' ? undefined : reply.code(409).send({ error: 'Only a job that has failed can be tried again.' });
  }
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function askToSignIn(reply: FastifyReply): FastifyReply {
  return reply.code(401).header('www-authenticate', 'Basic realm="Daypass queues", charset="UTF-8"').send('Sign in.\n');
}
