import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { createCpuMeter, type CpuMeter } from '../world/cpu-meter.ts';
import { createDeployment, type Deployment } from '../world/deployment.ts';
import { expectStatus, loadFor, type Ask } from '../world/load.ts';
import { makeOrders } from '../world/prepare.ts';
import { startService, startSide, type Program } from '../world/program.ts';
import { nextVisitor } from '../world/visitors.ts';
import type { World } from '../world/world.ts';

/** Each request from an address and a network of its own: no limit refuses, every one is spent. */
export const askForCode: Ask = async (connection) => {
  const { email, ip } = nextVisitor();
  expectStatus(await connection.post('/v1/codes', { email }, `x-forwarded-for: ${ip}\r\n`), 202);
};

const askBetterAuth: Ask = async (connection) => {
  const body = { email: nextVisitor().email, type: 'sign-in' };
  expectStatus(await connection.post('/api/auth/email-otp/send-verification-otp', body), 200);
};

export const request: Row = {
  name: 'request',
  journey: 'POST /v1/codes, every limit on, sealed, 64 connections',
  yardstick: 'Fastify + one queue.add of the same payload',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.7, toAimFor: 0.85 },
  async run(world) {
    const deployment = createDeployment(world, 'request');
    const yardstick = await startSide('fastify-queue-add', {
      env: { ...deployment.env, PAYLOAD: JSON.stringify(await payloadOf(deployment)) },
    });
    return compare(world, 'request', deployment, yardstick, askForCode);
  },
};

export const requestBetterAuth: Row = {
  name: 'request-better-auth',
  journey: 'the same',
  yardstick: 'better-auth’s email-otp send on the same MongoDB, no mail',
  unit: '/s',
  goal: { better: 'higher', toReach: 8, toAimFor: 15 },
  async run(world) {
    const deployment = createDeployment(world, 'request');
    const yardstick = await startSide('better-auth', {
      env: { MONGODB_URL: world.mongo.url('better-auth'), BETTER_AUTH_SECRET: 'x'.repeat(43), OTP: '424242' },
    });
    return compare(world, 'request-better-auth', deployment, yardstick, askBetterAuth);
  },
};

async function compare(world: World, row: string, deployment: Deployment, yardstick: Program, askYardstick: Ask) {
  const api = await startService('api', { env: deployment.env });
  const seconds = world.quick ? 2 : 10;
  // Until what runs has been compiled: after some twenty thousand requests a request takes no less any more.
  const warmUpSeconds = world.quick ? 5 : 20;
  const cpu = { product: createCpuMeter(world, [api]), yardstick: createCpuMeter(world, [yardstick]) };
  const load = async ({ url }: Program, ask: Ask, meter: CpuMeter) => {
    await world.resetRedis();
    const { perSecond } = await meter.around(() => loadFor(url, seconds, ask));
    return perSecond;
  };
  const sides = {
    product: () => load(api, askForCode, cpu.product),
    yardstick: () => load(yardstick, askYardstick, cpu.yardstick),
  };
  try {
    world.progress(`${row}: warming up`);
    await loadFor(api.url, warmUpSeconds, askForCode);
    await loadFor(yardstick.url, warmUpSeconds, askYardstick);
    const figures = await measurePairs(world, row, sides);
    return { ...figures, note: `processor time a request: ${cpu.product.shown()}, beside it ${cpu.yardstick.shown()}` };
  } finally {
    await Promise.all([api.stop(), yardstick.stop()]);
  }
}

async function payloadOf(deployment: Deployment) {
  const [order] = await makeOrders(deployment, 1);
  return { v: 1, ...order };
}
