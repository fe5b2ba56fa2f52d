import { randomUUID } from 'node:crypto';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { createDeployment } from '../world/deployment.ts';
import { expectNone, seedExpired } from '../world/expired.ts';
import { openConnection } from '../world/http-client.ts';
import { expectStatus } from '../world/load.ts';
import { startService, startSide } from '../world/program.ts';
import { untilSwept } from './until-swept.ts';

/** The sweeper's own. */
const batchSize = 1_000;
/** Each takes some seven minutes, most of them to make what is deleted. */
const pairs = 3;

export const sweep: Row = {
  name: 'sweep',
  journey: 'sweep of a million, nothing else running',
  yardstick: 'raw find + deleteMany in the same batches',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.9, toAimFor: 1 },
  async run(world) {
    const count = world.quick ? 20_000 : 1_000_000;
    const deployment = createDeployment(world, `sweep-${randomUUID()}`);
    await world.resetRedis();

    // Both are new processes each time: a sweeper has no time to warm up either.
    const measureProduct = async () => {
      await seedExpired(deployment, count);
      const sweeper = await startService('sweeper', { env: deployment.env });
      const seconds = await untilSwept(sweeper);
      await sweeper.stop();
      await expectNone(deployment);
      return count / seconds;
    };
    const measureYardstick = async () => {
      await seedExpired(deployment, count);
      const yardstick = await startSide('find-and-delete', { env: deployment.env });
      const connection = await openConnection(yardstick.url);
      const { body } = expectStatus(await connection.post('/sweep', { batchSize }), 200);
      connection.close();
      await yardstick.stop();
      await expectNone(deployment);
      return count / (JSON.parse(body) as { seconds: number }).seconds;
    };
    const figures = await measurePairs(world, 'sweep', { product: measureProduct, yardstick: measureYardstick }, pairs);
    return { ...figures, note: `${count.toLocaleString('en')} documents each time, ${pairs} pairs` };
  },
};
