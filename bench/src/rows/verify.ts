import { randomUUID } from 'node:crypto';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { createCpuMeter } from '../world/cpu-meter.ts';
import { createDeployment, type Deployment } from '../world/deployment.ts';
import { expectStatus, loadAll, type Ask } from '../world/load.ts';
import { openChallenges, type OpenChallenge } from '../world/prepare.ts';
import { startService, startSide, type Program } from '../world/program.ts';
import { nextVisitor } from '../world/visitors.ts';
import type { World } from '../world/world.ts';

const askWith = ({ id }: OpenChallenge, code: string): Ask => async (connection) => {
  const headers = `x-forwarded-for: ${nextVisitor().ip}\r\n`;
  expectStatus(await connection.post(`/v1/codes/${id}/verify`, { code }, headers), 200);
};

/** The right code, as it is typed from the mail. */
export const typeCode = (challenge: OpenChallenge): Ask => askWith(challenge, challenge.code);

/** What the bare yardstick looks for: the digest, as it is stored. */
const sendDigest = (challenge: OpenChallenge): Ask => askWith(challenge, challenge.codeDigest);

export const verify: Row = {
  name: 'verify',
  journey: 'verify, right code',
  yardstick: 'Fastify + one findOneAndUpdate',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.7, toAimFor: 0.9 },
  async run(world) {
    const deployment = createDeployment(world, `verify-${randomUUID()}`);
    const yardstick = await startSide('fastify-find-one-and-update', { env: deployment.env });
    const count = world.quick ? 1_500 : 8_000;
    const askYardstick = async () => (await openChallenges(deployment, count)).map(sendDigest);
    return compare(world, 'verify', { deployment, count, yardstick, askYardstick });
  },
};

const otp = '424242';

export const verifyBetterAuth: Row = {
  name: 'verify-better-auth',
  journey: 'the same',
  yardstick: 'better-auth’s sign-in with the code, of a user it knows',
  unit: '/s',
  goal: { better: 'higher', toReach: 6, toAimFor: 8 },
  async run(world) {
    const deployment = createDeployment(world, `verify-${randomUUID()}`);
    const yardstick = await startSide('better-auth', {
      env: { MONGODB_URL: world.mongo.url(`better-auth-${randomUUID()}`), BETTER_AUTH_SECRET: 'x'.repeat(43), OTP: otp },
    });
    const users = Array.from({ length: world.quick ? 300 : 1_500 }, () => nextVisitor().email);
    const signIns = users.map((email): Ask => async (connection) => {
      expectStatus(await connection.post('/api/auth/sign-in/email-otp', { email, otp }), 200);
    });
    const sends = users.map((email): Ask => async (connection) => {
      const body = { email, type: 'sign-in' };
      expectStatus(await connection.post('/api/auth/email-otp/send-verification-otp', body), 200);
    });
    const askYardstick = async () => {
      await loadAll(yardstick.url, sends);
      return signIns;
    };
    const count = world.quick ? 1_500 : 8_000;
    return compare(world, 'verify-better-auth', { deployment, count, yardstick, askYardstick });
  },
};

interface Comparison {
  deployment: Deployment;
  /** How many challenges the product's side uses up in one measurement. */
  count: number;
  yardstick: Program;
  /** Prepares what the yardstick uses up in one measurement. */
  askYardstick: () => Promise<Ask[]>;
}

async function compare(world: World, row: string, { deployment, count, yardstick, askYardstick }: Comparison) {
  const api = await startService('api', { env: deployment.env });
  const cpu = { product: createCpuMeter(world), yardstick: createCpuMeter(world) };
  const sides = {
    async product() {
      const asks = (await openChallenges(deployment, count)).map(typeCode);
      return (await cpu.product.around(api, () => loadAll(api.url, asks))).perSecond;
    },
    async yardstick() {
      const asks = await askYardstick();
      return (await cpu.yardstick.around(yardstick, () => loadAll(yardstick.url, asks))).perSecond;
    },
  };
  try {
    world.progress(`${row}: warming up`);
    await sides.product();
    await sides.yardstick();
    const figures = await measurePairs(world, row, sides);
    return { ...figures, note: `processor time a code: ${cpu.product.shown()}, beside it ${cpu.yardstick.shown()}` };
  } finally {
    await Promise.all([api.stop(), yardstick.stop()]);
  }
}
