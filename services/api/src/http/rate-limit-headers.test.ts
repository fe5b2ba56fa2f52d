import Fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { setRateLimit } from './rate-limit-headers.ts';

const app = Fastify();
afterAll(() => app.close());

app.get('/', (_request, reply) => {
  setRateLimit(reply, [
    { policy: 'address', max: 1, windowSeconds: 60, left: 0, resetSeconds: 60 },
    { policy: 'network', max: 300, windowSeconds: 300, left: 288, resetSeconds: 101 },
  ]);
  return {};
});
app.get('/nothing', (_request, reply) => {
  setRateLimit(reply, undefined);
  setRateLimit(reply, []);
  return {};
});

test('quotas are told as lists of structured fields, each policy with its standing', async () => {
  const { headers } = await app.inject('/');
  expect(headers['ratelimit-policy']).toBe('"address";q=1;w=60, "network";q=300;w=300');
  expect(headers['ratelimit']).toBe('"address";r=0;t=60, "network";r=288;t=101');
});

test('where nothing was spent there is nothing to tell', async () => {
  const { headers } = await app.inject('/nothing');
  expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
});
