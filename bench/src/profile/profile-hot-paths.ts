import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { repoDir } from '@daypass/tools/repo';
import { askForCode } from '../rows/request.ts';
import { typeCode as typeAppCode } from '../rows/totp.ts';
import { typeCode } from '../rows/verify.ts';
import { createDeployment } from '../world/deployment.ts';
import { loadAll, loadFor } from '../world/load.ts';
import { makeIndexes, makeOrders, openChallenges, openOrderQueue } from '../world/prepare.ts';
import { enrolApps, untilStepBegins } from '../world/prepare-apps.ts';
import { startService } from '../world/program.ts';
import { startSmtpSink } from '../world/smtp-sink.ts';
import type { World } from '../world/world.ts';
import { describeProfile, type CpuProfile } from './describe-profile.ts';

const folder = join(repoDir, 'bench/profiles');

/** From when on a process was warm, and how often it did from then on what it is for. */
interface Warm {
  at: number;
  count: number;
}

/** The hot paths, by the name of their row. */
const paths: Record<string, (world: World, nodeArgs: string[]) => Promise<Warm>> = {
  async request(world, nodeArgs) {
    const { env } = createDeployment(world, 'profile-request');
    const api = await startService('api', { env, nodeArgs });
    await loadFor(api.url, world.quick ? 2 : 5, askForCode);
    const at = Date.now();
    const { count } = await loadFor(api.url, world.quick ? 4 : 15, askForCode);
    await api.stop();
    return { at, count };
  },
  async verify(world, nodeArgs) {
    const deployment = createDeployment(world, `profile-verify-${randomUUID()}`);
    const api = await startService('api', { env: deployment.env, nodeArgs });
    const count = world.quick ? 1_500 : 6_000;
    const [first, second] = [await openChallenges(deployment, count), await openChallenges(deployment, count)];
    await loadAll(api.url, first.map(typeCode));
    const at = Date.now();
    await loadAll(api.url, second.map(typeCode));
    await api.stop();
    return { at, count };
  },
  async 'totp-verify'(world, nodeArgs) {
    const deployment = createDeployment(world, `profile-totp-${randomUUID()}`);
    const api = await startService('api', { env: deployment.env, nodeArgs });
    const count = world.quick ? 1_500 : 6_000;
    const [first, second] = [await enrolApps(deployment, count), await enrolApps(deployment, count)];
    await loadAll(api.url, first.map(typeAppCode));
    await untilStepBegins(15_000);
    const at = Date.now();
    await loadAll(api.url, second.map(typeAppCode));
    await api.stop();
    return { at, count };
  },
  async worker(world, nodeArgs) {
    const sink = await startSmtpSink();
    const deployment = createDeployment(world, `profile-worker-${randomUUID()}`, sink.url);
    await makeIndexes(deployment);
    const count = world.quick ? 1_000 : 6_000;
    const queue = openOrderQueue(deployment);
    const mailer = await startService('mailer-worker', { env: deployment.env, nodeArgs });
    const send = async () => {
      await queue.hold();
      await queue.fill(await makeOrders(deployment, count));
      const all = sink.expect(count);
      await queue.release();
      await all;
    };
    await send();
    const at = Date.now();
    await send();
    await Promise.all([mailer.stop(), queue.close()]);
    sink.close();
    return { at, count };
  },
};

/** Runs the product's side of a row under Node's profiler, and prints where its time went. */
export async function profileHotPaths(world: World, names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, run] of Object.entries(paths)) {
    if (names.length > 0 && !names.includes(name)) continue;
    world.progress(`${name}: profiling`);
    await world.resetRedis();
    const file = `${name}.cpuprofile`;
    const startedAt = Date.now();
    const warm = await run(world, ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${file}`]);
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
    console.log(`\n${name} (bench/profiles/${file})\n\n${describeProfile(profile, warm.at - startedAt, warm.count)}`);
  }
}
