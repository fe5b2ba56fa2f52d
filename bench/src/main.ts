// npm run bench [row …] [--quick] [--profile]
//
// Measures each journey beside its yardstick, and writes RESULTS.md. --quick runs everything for a short while to see
// that it works: its figures say little and are not written. --profile leaves CPU profiles instead of figures.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from '@daypass/tools/measured-on';
import { repoDir } from '@daypass/tools/repo';
import { MongoClient } from 'mongodb';
import { profileHotPaths } from './profile/profile-hot-paths.ts';
import { cellsOf, terminalTable } from './report/format.ts';
import { describeVersions } from './report/versions.ts';
import { createProgress } from './report/progress.ts';
import { updateResults, type Result } from './report/results-file.ts';
import type { Figures, Row } from './row.ts';
import { rows } from './rows/all.ts';
import { startWorld, type World } from './world/world.ts';

const resultsPath = join(repoDir, 'bench/RESULTS.md');

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = { quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const unknown = positionals.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) {
    console.error(`No such row: ${unknown.join(', ')}. There are: ${rows.map(({ name }) => name).join(', ')}.`);
    return 1;
  }
  const wanted = positionals.length > 0 ? rows.filter(({ name }) => positionals.includes(name)) : rows;

  const progress = createProgress(process.stdout);
  progress.say('starting Redis and MongoDB');
  const world = await startWorld(values.quick, progress.say);
  try {
    if (values.profile) {
      await profileHotPaths(world, positionals);
      return 0;
    }
    return await measure(world, wanted, progress);
  } finally {
    await world.stop();
  }
}

async function measure(world: World, wanted: readonly Row[], progress: ReturnType<typeof createProgress>): Promise<number> {
  const results: { row: Row; figures: Figures }[] = [];
  for (const row of wanted) {
    try {
      const figures = await row.run(world);
      results.push({ row, figures });
      if (!world.quick) await writeResult(world, row, figures);
    } catch (error) {
      progress.end();
      console.error(`${row.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  progress.end();
  console.log(`\n${terminalTable(results.map(({ row, figures }) => cellsOf(row, figures)))}\n`);
  for (const { row, figures } of results) if (figures.note !== undefined) console.log(`${row.name}: ${figures.note}`);
  console.log(
    world.quick
      ? '\nThis was a quick run: it shows that everything works. bench/RESULTS.md is as it was.'
      : '\nWritten to bench/RESULTS.md.',
  );
  return results.length === wanted.length ? 0 : 1;
}

/** After each row: what took an hour is not lost when the last row fails. */
async function writeResult(world: World, row: Row, figures: Figures): Promise<void> {
  const redisVersion = /redis_version:(\S+)/.exec(await world.redis.info('server'))?.[1] ?? 'unknown';
  const before = existsSync(resultsPath) ? readFileSync(resultsPath, 'utf8') : '';
  const result: Result = {
    machine: describeMachine(),
    versions: describeVersions(redisVersion, await mongoVersion(world)),
    row: row.name,
    cells: cellsOf(row, figures),
    measured: `${new Date().toISOString().slice(0, 10)}, ${describeCommit()}`,
    ...(figures.note !== undefined && { note: figures.note }),
  };
  writeFileSync(resultsPath, updateResults(before, result, rows.map(({ name }) => name)));
}

async function mongoVersion(world: World): Promise<string> {
  const client = await new MongoClient(world.mongo.url('admin')).connect();
  const { version } = (await client.db().command({ buildInfo: 1 })) as { version?: string };
  await client.close();
  return version ?? 'unknown';
}
