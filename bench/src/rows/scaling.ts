import { randomUUID } from 'node:crypto';
import type { Figures, Row } from '../row.ts';
import { quantile, spreadOf } from '../statistics.ts';
import { createDeployment } from '../world/deployment.ts';
import { makeIndexes, makeOrders, openOrderQueue } from '../world/prepare.ts';
import { startService, type Program } from '../world/program.ts';
import { startSmtpSink } from '../world/smtp-sink.ts';
import type { World } from '../world/world.ts';

const concurrency = 5;
const latencyMs = 200;
const sizes = [1, 2, 4, 8];
const rounds = 5;
/** What one worker could do at most: all it does is wait. */
const idealPerWorker = (concurrency * 1000) / latencyMs;

export const scaling: Row = {
  name: 'scaling',
  journey: `8 workers (and 1, 2, 4) at ${latencyMs} ms SMTP latency, concurrency ${concurrency} each`,
  yardstick: 'linear: so many times what one worker did in the same round',
  unit: '/s',
  goal: { better: 'higher', toReach: 0.9, toAimFor: 0.95 },
  async run(world) {
    const rates = new Map(sizes.map((size) => [size, [] as number[]]));
    for (let round = 1; round <= rounds; round += 1) {
      world.progress(`scaling: round ${round} of ${rounds}${round > 1 ? `, so far ${describe(rates)}` : ''}`);
      for (const [size, rate] of await measureRound(world)) rates.get(size)?.push(rate);
    }
    return figuresOf(rates);
  },
};

/** Starts workers one after another, and measures at 1, 2, 4 and 8 of them. */
async function measureRound(world: World): Promise<Map<number, number>> {
  const sink = await startSmtpSink({ latencyMs });
  const deployment = createDeployment(world, `scaling-${randomUUID()}`, sink.url);
  await makeIndexes(deployment);
  await world.resetRedis();
  const queue = openOrderQueue(deployment);
  const env = { ...deployment.env, WORKER_CONCURRENCY: String(concurrency) };
  const mailers: Program[] = [];

  const drain = async (count: number) => {
    await queue.hold();
    await queue.fill(await makeOrders(deployment, count));
    const all = sink.expect(count);
    const started = performance.now();
    await queue.release();
    await all;
    return (count * 1000) / (performance.now() - started);
  };
  try {
    const rates = new Map<number, number>();
    for (const size of sizes) {
      while (mailers.length < size) mailers.push(await startService('mailer-worker', { env }));
      await drain(idealPerWorker * size); // A second, for everybody to open its connections.
      rates.set(size, await drain(idealPerWorker * size * (world.quick ? 2 : 10)));
    }
    return rates;
  } finally {
    await Promise.all(mailers.map((mailer) => mailer.stop()));
    await queue.close();
    sink.close();
  }
}

/** The worst size counts: a figure that is linear up to four and not at eight is not linear. */
function figuresOf(rates: ReadonlyMap<number, readonly number[]>): Figures {
  const ofOne = rates.get(1) ?? [];
  const ofMany = sizes.slice(1).map((size) => {
    const efficiency = (rates.get(size) ?? []).map((rate, round) => rate / (size * (ofOne[round] ?? Number.NaN)));
    return { size, efficiency: spreadOf(efficiency) };
  });
  const worst = ofMany.reduce((one, other) => (other.efficiency.median < one.efficiency.median ? other : one));
  const largest = Math.max(...sizes);
  return {
    product: spreadOf(rates.get(largest) ?? []),
    yardstick: spreadOf(ofOne.map((rate) => rate * largest)),
    ratio: worst.efficiency,
    note: `${describe(rates)}; the ratio is the worst, at ${worst.size}; one worker could do ${idealPerWorker}/s at most`,
  };
}

function describe(rates: ReadonlyMap<number, readonly number[]>): string {
  return [...rates].map(([size, of]) => `${size}: ${quantile(of, 0.5).toFixed(1)}/s`).join(', ');
}
