import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { quantile } from '../statistics.ts';
import { createDeployment } from '../world/deployment.ts';
import { seedExpired } from '../world/expired.ts';
import { loadPaced } from '../world/load.ts';
import { openChallenges } from '../world/prepare.ts';
import { startService } from '../world/program.ts';
import { untilSwept } from './until-swept.ts';
import { typeCode } from './verify.ts';

const perSecond = 100;
const underWayMs = 2_000;

export const sweepVerify: Row = {
  name: 'sweep-verify',
  journey: `verify p99 while sweeping, ${perSecond} a second`,
  yardstick: 'the same without a sweeper',
  unit: 'ms',
  goal: { better: 'lower', toReach: 2, toAimFor: 1.3 },
  async run(world) {
    const seconds = world.quick ? 3 : 15;
    // More than are swept in that time.
    const expired = world.quick ? 60_000 : 200_000;
    const deployment = createDeployment(world, `sweep-verify-${randomUUID()}`);
    await world.resetRedis();
    const api = await startService('api', { env: deployment.env });

    const measure = async (sweeping: boolean) => {
      await seedExpired(deployment, expired);
      const asks = (await openChallenges(deployment, perSecond * seconds)).map(typeCode);
      const sweeper = sweeping ? await startService('sweeper', { env: deployment.env }) : undefined;
      let over = false;
      if (sweeper) {
        // It is stopped in the middle.
        void untilSwept(sweeper).then(() => (over = true), () => undefined);
        // A process that starts is no sweep yet.
        await pause(underWayMs);
      }
      try {
        const tookMs = await loadPaced(api.url, perSecond, asks);
        if (over) throw new Error(`the sweep of ${expired} was over before ${seconds} s were`);
        return quantile(tookMs, 0.99);
      } finally {
        await sweeper?.stop();
      }
    };
    try {
      world.progress('sweep-verify: warming up');
      await measure(false);
      return await measurePairs(world, 'sweep-verify', { product: () => measure(true), yardstick: () => measure(false) });
    } finally {
      await api.stop();
    }
  },
};
