import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import { failedJobs, type FailedJob } from '@daypass/jobs/failed-jobs';
import { createProducer } from '@daypass/jobs/producer';
import { mongodbUrl, redisUrl, sitesFile } from '@daypass/runtime/config';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { describeSeconds } from '../ages.ts';
import type { Command } from '../command.ts';
import { withStores } from '../open-stores.ts';
import { readSitesFile } from '../read-sites-file.ts';

const mostShown = 1_000;

/** The mails that were given up. They are kept for a day; of use are those whose code somebody may still be waiting for. */
export const failed: Command = {
  usage: '[retry ID | retry all]',
  summary: 'lists the mails that were given up, and why; has those tried again whose codes can still live',
  async run(args, { env, say, now }) {
    const [word, wanted, ...more] = args;
    if (more.length > 0 || (word !== undefined && (word !== 'retry' || wanted === undefined))) {
      say('It wants nothing, or: retry ID, or: retry all');
      return 2;
    }
    const config = readEnvironment({ redisUrl, mongodbUrl, sitesFile }, env);
    const sites = new Map(readSitesFile(config.sitesFile, now()).map((site) => [site.id, site]));
    /** For so long somebody may be waiting for it; 0 where nobody is. */
    const secondsLeft = ({ payload, queuedAt }: FailedJob<CodeIssue>) => {
      const patience = sites.get(payload?.site ?? '')?.patienceSeconds ?? 0;
      return Math.max(0, patience - (now().getTime() - queuedAt.getTime()) / 1000);
    };
    return withStores(config, async ({ redis }) => {
      const producer = createProducer(codeIssue, redis);
      const found = await failedJobs(codeIssue, producer, mostShown);
      try {
        return word === 'retry' ? await retry(found) : list(found);
      } finally {
        await producer.close();
      }
    });

    function list(found: FailedJob<CodeIssue>[]): number {
      for (const job of found) {
        const left = secondsLeft(job);
        const use = left > 0 ? `of use for another ${describeSeconds(left)}` : 'too late to be of use';
        say(`${job.id}  ${job.payload?.site ?? '–'}  ${job.reason}  ${describeSeconds((now().getTime() - job.failedAt.getTime()) / 1000)} ago  ${use}`);
      }
      say(`${found.length}${found.length === mostShown ? ' and more' : ''} given up.`);
      return 0;
    }

    async function retry(found: FailedJob<CodeIssue>[]): Promise<number> {
      const meant = found.filter(({ id }) => wanted === 'all' || id === wanted);
      const timely = meant.filter((job) => secondsLeft(job) > 0);
      const retried = (await Promise.all(timely.map((job) => job.retry()))).filter(Boolean).length;
      say(`${retried} tried again${meant.length > retried ? `, ${meant.length - retried} too late to be of use` : ''}.`);
      if (meant.length === 0 && wanted !== 'all') say('None of that name was given up: names are those of the list.');
      return meant.length === 0 && wanted !== 'all' ? 1 : 0;
    }
  },
};
