import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Row } from '../row.ts';
import { spreadOf } from '../statistics.ts';
import { createDeployment } from '../world/deployment.ts';
import { expectStatus, loadAll, type Ask } from '../world/load.ts';
import { letTimePass, weighStores, type StoreSizes } from '../world/let-time-pass.ts';
import { makeIndexes } from '../world/prepare.ts';
import { startService } from '../world/program.ts';
import { startSmtpSink } from '../world/smtp-sink.ts';
import { nextVisitor } from '../world/visitors.ts';

const settleMs = 5_000;

export const memory: Row = {
  name: 'memory',
  journey: 'resident memory of each process after 100,000 journeys',
  yardstick: 'after 10,000',
  unit: 'MB',
  goal: { better: 'lower', toReach: 1.1 },
  async run(world) {
    const [few, many] = world.quick ? [500, 2_000] : [10_000, 100_000];
    const codes = new Map<string, (code: string) => void>();
    const sink = await startSmtpSink({
      onMail: (recipient, message) => codes.get(recipient)?.(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(message)?.[0] ?? ''),
    });
    const deployment = createDeployment(world, `memory-${randomUUID()}`, sink.url);
    await makeIndexes(deployment);
    await world.resetRedis();
    const { env } = deployment;
    const [api, mailer, sweeper] = await Promise.all([
      startService('api', { env }),
      startService('mailer-worker', { env }),
      startService('sweeper', { env }),
    ]);

    /** From asking to being in. */
    const journey: Ask = async (connection) => {
      const { email, ip } = nextVisitor();
      const mailed = new Promise<string>((resolve) => codes.set(email, resolve));
      const headers = `x-forwarded-for: ${ip}\r\n`;
      const asked = expectStatus(await connection.post('/v1/codes', { email }, headers), 202);
      const { id } = JSON.parse(asked.body) as { id: string };
      const code = await mailed;
      codes.delete(email);
      expectStatus(await connection.post(`/v1/codes/${id}/verify`, { code }, headers), 200);
    };
    const processes = Object.entries({ api, worker: mailer, sweeper });
    const weigh = async () => {
      await pause(settleMs);
      return processes.map(([, { pid }]) => residentMb(pid));
    };
    try {
      const empty = await weighStores(world, deployment);
      const chunk = world.quick ? 500 : 5_000;
      const travel = async (from: number, to: number) => {
        for (let done = from; done < to; done += chunk) {
          world.progress(`memory: ${done} of ${many} journeys`);
          await loadAll(api.url, Array.from({ length: Math.min(chunk, to - done) }, () => journey));
        }
      };
      await travel(0, few);
      const before = await weigh();
      await travel(few, many);
      const after = await weigh();

      const full = await weighStores(world, deployment);
      world.progress('memory: waiting for the sweeper');
      await letTimePass(world, deployment);
      await pause(settleMs);
      const swept = await weighStores(world, deployment);

      const growth = processes.map((_, index) => (after[index] ?? Number.NaN) / (before[index] ?? Number.NaN));
      const worst = growth.indexOf(Math.max(...growth));
      const shown = processes.map(([name], index) => `${name} ${before[index]?.toFixed(0)} → ${after[index]?.toFixed(0)}`);
      return {
        product: spreadOf([after[worst] ?? Number.NaN]),
        yardstick: spreadOf([before[worst] ?? Number.NaN]),
        ratio: spreadOf([growth[worst] ?? Number.NaN]),
        note:
          `${shown.join(', ')} MB after ${few} and ${many}; the row is the one that grew most; measured once. ` +
          `Before, full, and after the sweep: ${describeSizes([empty, full, swept])}`,
      };
    } finally {
      await Promise.all([api.stop(), mailer.stop(), sweeper.stop()]);
      sink.close();
    }
  },
};

function describeSizes(sizes: readonly StoreSizes[]): string {
  const row = (of: (size: StoreSizes) => number, digits: number) => sizes.map((size) => of(size).toFixed(digits)).join(' → ');
  return [
    `Redis ${row(({ redisKeys }) => redisKeys, 0)} keys, ${row(({ redisMb }) => redisMb, 1)} MB`,
    `MongoDB ${row(({ documents }) => documents, 0)} documents, ${row(({ documentsMb }) => documentsMb, 1)} MB`,
  ].join('; ');
}

function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
