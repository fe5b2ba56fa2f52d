import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import Fastify from 'fastify';

/**
 * What helmet adds to an answer. It is the same for every one of them, so it is worked out once: for each answer anew
 * it was 5 % of the work for a request for a code.
 */
export async function securityHeaders(options: FastifyHelmetOptions): Promise<Record<string, string>> {
  const sample = Fastify();
  await sample.register(helmet, options);
  sample.get('/', async (_request, reply) => reply.hijack().raw.end());
  const { headers } = await sample.inject('/');
  await sample.close();
  const ofHttp = new Set(['date', 'connection', 'transfer-encoding', 'content-length', 'keep-alive']);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (ofHttp.has(name) ? [] : [[name, String(value)]])),
  );
}
