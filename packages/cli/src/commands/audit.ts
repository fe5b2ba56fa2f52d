import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { readQueue } from '@daypass/jobs/read-queue';
import { mongodbUrl, redisUrl } from '@daypass/runtime/config';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { describeSeconds } from '../ages.ts';
import type { Command } from '../command.ts';
import { withStores } from '../open-stores.ts';

/** What is overdue by so much has not been swept. */
const bearableOverdueSeconds = 10 * 60;

/** Prints how old the oldest thing of each kind is, and by how much it has outstayed its time. */
export const audit: Command = {
  usage: '',
  summary: 'prints the age of the oldest thing of each kind, and what should be gone',
  async run(args, { env, say, now }) {
    if (args.length > 0) {
      say('It wants no arguments.');
      return 2;
    }
    const config = readEnvironment({ redisUrl, mongodbUrl }, env);
    return withStores(config, async ({ redis, store }) => {
      let overdue = 0;
      say(`${'kind'.padEnd(18)}${'count'.padStart(9)}  ${'oldest'.padEnd(14)} should be gone since`);
      const line = (kind: string, count: number, ageSeconds: number | undefined, overdueSeconds: number) => {
        if (overdueSeconds > bearableOverdueSeconds) overdue += 1;
        const age = ageSeconds === undefined ? '–' : describeSeconds(ageSeconds);
        say(`${kind.padEnd(18)}${String(count).padStart(9)}  ${age.padEnd(14)} ${overdueSeconds > 0 ? describeSeconds(overdueSeconds) : '–'}`);
      };
      const since = (date: Date) => (now().getTime() - date.getTime()) / 1000;
      for (const { kind, count, first } of await store.inventory()) {
        line(kind, count, first && since(first.since), first ? Math.max(0, since(first.purgeAt)) : 0);
      }
      const { queue, close } = createProducer(codeIssue, redis);
      const { counts, oldestAgeSeconds } = await readQueue(queue, now());
      for (const state of ['waiting', 'active', 'delayed'] as const) {
        line(`jobs ${state}`, counts[state], counts[state] > 0 ? oldestAgeSeconds[state] : undefined, 0);
      }
      for (const [state, keepSeconds] of [['completed', codeIssue.keepDoneSeconds], ['failed', codeIssue.keepFailedSeconds]] as const) {
        const [oldest] = await queue.getJobs([state], 0, 0, true);
        const age = oldest?.finishedOn === undefined ? undefined : since(new Date(oldest.finishedOn));
        line(`jobs ${state}`, counts[state], age, Math.max(0, (age ?? 0) - keepSeconds));
      }
      await close();
      say(overdue === 0 ? 'Nothing has outstayed its time.' : `${overdue} kinds have outstayed their time: does the sweeper run?`);
      return overdue === 0 ? 0 : 1;
    });
  },
};
