import { measureStarts } from '../pairs.ts';
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
    const env = { ...deployment.env, PAYLOAD: JSON.stringify(await payloadOf(deployment)) };
    const startYardstick = () => startSide('fastify-queue-add', { env });
    return compare(world, 'request', { deployment, startYardstick, askYardstick: askForCode });
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
    const env = { MONGODB_URL: world.mongo.url('better-auth'), BETTER_AUTH_SECRET: 'x'.repeat(43), OTP: '424242' };
    const startYardstick = () => startSide('better-auth', { env });
    return compare(world, 'request-better-auth', { deployment, startYardstick, askYardstick: askBetterAuth });
  },
};

interface Comparison {
  deployment: Deployment;
  startYardstick: () => Promise<Program>;
  askYardstick: Ask;
}

async function compare(world: World, row: string, { deployment, startYardstick, askYardstick }: Comparison) {
  const seconds = world.quick ? 2 : 10;
  // Until what runs has been compiled: after some twenty thousand requests a request takes no less any more.
  const warmUpSeconds = world.quick ? 5 : 20;
  const cpu = { product: createCpuMeter(world), yardstick: createCpuMeter(world) };
  const load = async (program: Program, ask: Ask, meter: CpuMeter) => {
    await world.resetRedis();
    const { perSecond } = await meter.around(program, () => loadFor(program.url, seconds, ask));
    return perSecond;
  };
  const figures = await measureStarts(world, row, async () => {
    const [api, yardstick] = [await startService('api', { env: deployment.env }), await startYardstick()];
    await loadFor(api.url, warmUpSeconds, askForCode);
    await loadFor(yardstick.url, warmUpSeconds, askYardstick);
    return {
      product: () => load(api, askForCode, cpu.product),
      yardstick: () => load(yardstick, askYardstick, cpu.yardstick),
      stop: () => Promise.all([api.stop(), yardstick.stop()]),
    };
  });
  return { ...figures, note: `nine pairs, over three starts of both; processor time a request: ${cpu.product.shown()}, beside it ${cpu.yardstick.shown()}` };
}

async function payloadOf(deployment: Deployment) {
  const [order] = await makeOrders(deployment, 1);
  return { v: 1, ...order };
}
