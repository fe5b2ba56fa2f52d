import { randomBytes, randomUUID } from 'node:crypto';
import { createGrant } from '@daypass/core/access/grant';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { createCpuMeter } from '../world/cpu-meter.ts';
import { createDeployment, type Deployment } from '../world/deployment.ts';
import { expectStatus, loadFor, loadPaced, type Ask } from '../world/load.ts';
import { startService, startSide, type Program } from '../world/program.ts';

/** Visitors at the same time, each of whose pages loads many things. */
const visitors = 100;
const pacedPerSecond = 500;

export const forwardAuth: Row = {
  name: 'forward-auth',
  journey: 'forward-auth, valid pass in the cookie, 100 visitors',
  yardstick: 'Fastify + jose verifies the same tokens',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.7, toAimFor: 1 },
  async run(world) {
    const deployment = createDeployment(world, `forward-auth-${randomUUID()}`);
    const { keys, env } = deployment;
    const [api, yardstick] = [
      await startService('api', { env }),
      await startSide('fastify-verify-jwt', { env: { JWKS: JSON.stringify(keys.signingKeys.jwks), ISSUER: env['PUBLIC_URL'] } }),
    ];
    const cpu = { product: createCpuMeter(world), yardstick: createCpuMeter(world) };
    const asks = await asksOf(deployment);
    const seconds = world.quick ? 2 : 8;
    let next = 0;
    const ask: Ask = async (connection) => asks[(next += 1) % asks.length]?.(connection);
    const measure = async (program: Program, side: 'product' | 'yardstick') =>
      (await cpu[side].around(program, () => loadFor(program.url, seconds, ask))).perSecond;
    const p99 = async ({ url }: Program) => {
      const tookMs = (await loadPaced(url, pacedPerSecond, Array.from({ length: seconds * pacedPerSecond }, () => ask))).toSorted((a, b) => a - b);
      return `${(tookMs[Math.floor(tookMs.length * 0.99)] ?? Number.NaN).toFixed(1)} ms`;
    };
    const sides = { product: () => measure(api, 'product'), yardstick: () => measure(yardstick, 'yardstick') };
    try {
      world.progress('forward-auth: warming up');
      await sides.product();
      await sides.yardstick();
      const figures = await measurePairs(world, 'forward-auth', sides);
      const late = `p99 at ${pacedPerSecond} a second: ${await p99(api)}, beside it ${await p99(yardstick)}`;
      return { ...figures, note: `${late}; processor time a request: ${cpu.product.shown()}, beside it ${cpu.yardstick.shown()}` };
    } finally {
      await Promise.all([api.stop(), yardstick.stop()]);
    }
  },
};

/** A request of each visitor, as a proxy asks about it. */
async function asksOf({ keys, env }: Deployment): Promise<Ask[]> {
  const grant = createGrant({ ...keys, issuer: env['PUBLIC_URL'] ?? '', now: () => new Date(), randomBytes });
  const [site] = keys.sites.all;
  if (!site) throw new Error('no site');
  return Promise.all(
    Array.from({ length: visitors }, async (): Promise<Ask> => {
      const subject = randomBytes(32).toString('base64url');
      const { accessToken } = await grant({ site: { ...site, passTtlSeconds: 3_600 }, subject }, ['email']);
      const headers = `x-original-url: http://localhost:8080/app/main.css\r\ncookie: daypass=${accessToken}\r\n`;
      return async (connection) => {
        expectStatus(await connection.get('/v1/forward-auth?site=default', headers), 200);
      };
    }),
  );
}
