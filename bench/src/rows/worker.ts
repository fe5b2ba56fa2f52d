import { randomUUID } from 'node:crypto';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { createCpuMeter } from '../world/cpu-meter.ts';
import { createDeployment } from '../world/deployment.ts';
import { openConnection } from '../world/http-client.ts';
import { expectStatus, loadOf } from '../world/load.ts';
import { makeIndexes, makeOrders, openOrderQueue } from '../world/prepare.ts';
import { startService, startSide } from '../world/program.ts';
import { startSmtpSink } from '../world/smtp-sink.ts';

/** What a worker has by default. */
const concurrency = 10;

export const worker: Row = {
  name: 'worker',
  journey: 'one worker, queue full, mail server on loopback',
  yardstick: 'a loop of pooled nodemailer sends of the same messages, no queue, no database',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.5, toAimFor: 1 },
  async run(world) {
    const sink = await startSmtpSink();
    const deployment = createDeployment(world, `worker-${randomUUID()}`, sink.url);
    await makeIndexes(deployment);
    const env = { ...deployment.env, WORKER_CONCURRENCY: String(concurrency), CONCURRENCY: String(concurrency) };
    await world.resetRedis();
    const queue = openOrderQueue(deployment);
    const mailer = await startService('mailer-worker', { env });
    const yardstick = await startSide('send-mails', { env });
    const count = world.quick ? 600 : 5_000;

    const cpu = { product: createCpuMeter(world), yardstick: createCpuMeter(world) };

    /** From the moment it may begin to the last acceptance. */
    const timed = async (begin: () => Promise<unknown>) => {
      const all = sink.expect(count);
      const started = performance.now();
      const begun = begin();
      await all;
      const load = loadOf(count, started);
      await begun;
      return load;
    };
    const sides = {
      async product() {
        await queue.hold();
        await queue.fill(await makeOrders(deployment, count));
        return (await cpu.product.around(mailer, () => timed(() => queue.release()))).perSecond;
      },
      async yardstick() {
        const connection = await openConnection(yardstick.url);
        const sendAll = async () => expectStatus(await connection.post('/all', { count }), 200);
        const { perSecond } = await cpu.yardstick.around(yardstick, () => timed(sendAll));
        connection.close();
        return perSecond;
      },
    };
    try {
      world.progress('worker: warming up');
      await sides.product();
      await sides.yardstick();
      const figures = await measurePairs(world, 'worker', sides);
      return { ...figures, note: `processor time a mail: ${cpu.product.shown()}, beside it ${cpu.yardstick.shown()}` };
    } finally {
      await Promise.all([mailer.stop(), yardstick.stop()]);
      await queue.close();
      sink.close();
    }
  },
};
