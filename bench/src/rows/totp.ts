import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { createCpuMeter } from '../world/cpu-meter.ts';
import { createDeployment, type Deployment } from '../world/deployment.ts';
import { expectStatus, loadAll, loadFor, type Ask } from '../world/load.ts';
import { makeIndexes } from '../world/prepare.ts';
import { enrolApps, untilStepBegins, type App } from '../world/prepare-apps.ts';
import { startService, startSide, type Program } from '../world/program.ts';
import { nextVisitor } from '../world/visitors.ts';

/** More than a measurement takes: the codes must stay right until the last is typed. */
const measureMs = 15_000;

export const typeCode = ({ id, code }: App): Ask => {
  const body = { code: code() };
  return async (connection) => {
    const headers = `x-forwarded-for: ${nextVisitor().ip}\r\n`;
    expectStatus(await connection.post(`/v1/totp/${id}/verify`, body, headers), 200);
  };
};

export const totpVerify: Row = {
  name: 'totp-verify',
  journey: 'verify of an authenticator app, right code',
  yardstick: 'Fastify + one findOneAndUpdate + one otplib verify',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.7 },
  async run(world) {
    const deployment = createDeployment(world, `totp-${randomUUID()}`);
    await makeIndexes(deployment);
    const [api, yardstick] = [
      await startService('api', { env: deployment.env }),
      await startSide('fastify-verify-totp', { env: deployment.env }),
    ];
    const cpu = { product: createCpuMeter(world), yardstick: createCpuMeter(world) };
    const count = world.quick ? 1_000 : 5_000;
    const measure = async (program: Program, side: 'product' | 'yardstick') => {
      const apps = await enrolApps(deployment, count);
      await writeSecrets(deployment, apps);
      await world.resetRedis();
      await untilStepBegins(measureMs);
      const asks = apps.map(typeCode);
      return (await cpu[side].around(program, () => loadAll(program.url, asks))).perSecond;
    };
    const sides = { product: () => measure(api, 'product'), yardstick: () => measure(yardstick, 'yardstick') };
    try {
      world.progress('totp-verify: warming up');
      await sides.product();
      await sides.yardstick();
      const figures = await measurePairs(world, 'totp-verify', sides);
      return { ...figures, note: `processor time a code: ${cpu.product.shown()}, beside it ${cpu.yardstick.shown()}` };
    } finally {
      await Promise.all([api.stop(), yardstick.stop()]);
    }
  },
};

export const totpEnrol: Row = {
  name: 'totp-enrol',
  journey: 'enrolment of an authenticator app, with its QR code as SVG',
  yardstick: 'Fastify + otplib + one insertOne + qrcode',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.7 },
  async run(world) {
    const deployment = createDeployment(world, `totp-enrol-${randomUUID()}`);
    await makeIndexes(deployment);
    const [api, yardstick] = [
      await startService('api', { env: deployment.env }),
      await startSide('fastify-enrol-totp', { env: deployment.env }),
    ];
    const seconds = world.quick ? 2 : 8;
    const enrol: Ask = async (connection) => {
      const headers = `x-forwarded-for: ${nextVisitor().ip}\r\n`;
      expectStatus(await connection.post('/v1/totp', { label: 'Ada' }, headers), 201);
    };
    const measure = async ({ url }: Program) => {
      await world.resetRedis();
      return (await loadFor(url, seconds, enrol)).perSecond;
    };
    const sides = { product: () => measure(api), yardstick: () => measure(yardstick) };
    try {
      world.progress('totp-enrol: warming up');
      await sides.product();
      await sides.yardstick();
      return await measurePairs(world, 'totp-enrol', sides);
    } finally {
      await Promise.all([api.stop(), yardstick.stop()]);
    }
  },
};

/** What the yardstick reads: it has no seals. */
async function writeSecrets({ mongodbUrl }: Deployment, apps: readonly App[]): Promise<void> {
  const client = await new MongoClient(mongodbUrl).connect();
  const writes = apps.map(({ id, secret }) => ({
    updateOne: { filter: { _id: id }, update: { $set: { secret: Buffer.from(secret) } } },
  }));
  await client.db().collection<{ _id: string; secret: Buffer }>('enrolments').bulkWrite(writes, { ordered: false });
  await client.close();
}
