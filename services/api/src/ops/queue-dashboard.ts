import { createHash, timingSafeEqual } from 'node:crypto';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpsUser } from '../config.ts';

type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

const basePath = '/queues';

/** The queue dashboard: behind a sign-in, for looking only, with what is sealed left out. */
export async function addQueueDashboard(
  app: FastifyInstance,
  queues: readonly BoardQueue[],
  users: readonly OpsUser[],
): Promise<void> {
  const adapters = queues.map((queue) => {
    const adapter = new BullMQAdapter(queue, { readOnlyMode: true });
    adapter.setFormatter('data', redact);
    return adapter;
  });
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: adapters,
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Daypass queues', hideRedisDetails: true } },
  });

  await app.register(
    async (board) => {
      board.addHook('onRequest', async (request, reply) => signIn(users, request, reply));
      await board.register(serverAdapter.registerPlugin());
    },
    { prefix: basePath },
  );
}

/** What a person may see of a payload: which challenge and which site. A payload that is not ours is not shown. */
function redact(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return 'malformed';
  const { v, id, site, send } = data as Record<string, unknown>;
  const plain = [v, id, site, send].every((value) => typeof value === 'number' || typeof value === 'string');
  return plain ? { v, id, site, send, envelope: 'sealed' } : 'malformed';
}

/** HTTP Basic (RFC 7617). Digests are compared, so that neither length nor prefix of a secret shows in the time. */
function signIn(users: readonly OpsUser[], request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  const given = sha256(Buffer.from(encoded, 'base64').toString());
  const known = users.filter(({ name, secret }) => timingSafeEqual(sha256(`${name}:${secret}`), given));
  if (scheme?.toLowerCase() === 'basic' && known.length > 0) return undefined;
  return reply.code(401).header('www-authenticate', 'Basic realm="Daypass queues", charset="UTF-8"').send('Sign in.\n');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
