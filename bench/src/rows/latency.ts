import { randomUUID } from 'node:crypto';
import { measurePairs } from '../pairs.ts';
import type { Row } from '../row.ts';
import { quantile } from '../statistics.ts';
import { createDeployment } from '../world/deployment.ts';
import { openConnection } from '../world/http-client.ts';
import { expectStatus, loadPaced, type Ask } from '../world/load.ts';
import { makeIndexes } from '../world/prepare.ts';
import { startService, startSide } from '../world/program.ts';
import { startSmtpSink } from '../world/smtp-sink.ts';
import { nextVisitor } from '../world/visitors.ts';

const perSecond = 20;
const concurrency = 10;
/** The clock that all processes of a machine share. */
const clock = () => process.hrtime.bigint();

export const latency: Row = {
  name: 'latency',
  journey: `request → 250, ${perSecond} a second, p50`,
  yardstick: 'one direct send',
  unit: 'ms',
  goal: { better: 'lower', toReach: 5, toAimFor: 3 },
  async run(world) {
    const acceptedAt = new Map<string, bigint>();
    const sink = await startSmtpSink({ onMail: (recipient) => acceptedAt.set(recipient, clock()) });
    const deployment = createDeployment(world, `latency-${randomUUID()}`, sink.url);
    await makeIndexes(deployment);
    await world.resetRedis();
    const env = { ...deployment.env, CONCURRENCY: String(concurrency) };
    const [api, mailer, yardstick] = await Promise.all([
      startService('api', { env }),
      startService('mailer-worker', { env }),
      startSide('send-mails', { env }),
    ]);
    const acceptanceOf = (address: string) => {
      const at = acceptedAt.get(address);
      if (at === undefined) throw new Error('a mail that was asked for was not accepted');
      return at;
    };
    const count = perSecond * (world.quick ? 3 : 20);
    const medianMs = (began: ReadonlyMap<string, bigint>) => {
      const tookMs = [...began].map(([address, at]) => Number(acceptanceOf(address) - at) / 1e6);
      return quantile(tookMs, 0.5);
    };

    const measureProduct = async () => {
      const began = new Map<string, bigint>();
      const asks = Array.from({ length: count }, (): Ask => async (connection) => {
        const { email, ip } = nextVisitor();
        began.set(email, clock());
        expectStatus(await connection.post('/v1/codes', { email }, `x-forwarded-for: ${ip}\r\n`), 202);
      });
      const all = sink.expect(count);
      await loadPaced(api.url, perSecond, asks);
      await all;
      return medianMs(began);
    };
    const measureYardstick = async () => {
      const connection = await openConnection(yardstick.url);
      const all = sink.expect(count);
      const { body } = expectStatus(await connection.post('/paced', { count, perSecond }), 200);
      await all;
      connection.close();
      const began = JSON.parse(body) as Record<string, string>;
      return medianMs(new Map(Object.entries(began).map(([address, at]) => [address, BigInt(at)])));
    };
    try {
      world.progress('latency: warming up');
      await measureProduct();
      await measureYardstick();
      return await measurePairs(world, 'latency', { product: measureProduct, yardstick: measureYardstick });
    } finally {
      await Promise.all([api.stop(), mailer.stop(), yardstick.stop()]);
      sink.close();
    }
  },
};
