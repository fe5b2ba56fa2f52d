// POST /v1/codes without a product: Fastify reads the body, BullMQ adds one job, that is all.
// The same payload as Daypass queues, made once; no schema, no limits, no seal, no job id, no options.
import { Queue } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { given, listen } from './side.ts';

const payload: unknown = JSON.parse(given('PAYLOAD'));
const queue = new Queue('code-issue', { connection: new Redis(given('REDIS_URL')), prefix: '{daypass}' });
await queue.waitUntilReady();

const app = Fastify();
app.post('/v1/codes', async (_request, reply) => {
  await queue.add('code-issue', payload);
  return reply.code(202).send({ accepted: true });
});
await listen(app);
