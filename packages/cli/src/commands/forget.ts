import { createForgetAddress } from '@daypass/core/address/forget-address';
import { indexKeyVariable } from '@daypass/core/keys/key-variables';
import { createSites } from '@daypass/core/sites/sites';
import { mongodbUrl, redisUrl, sitesFile } from '@daypass/runtime/config';
import { forgetKeys } from '@daypass/runtime/forget-keys';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { describeSeconds } from '../ages.ts';
import type { Command } from '../command.ts';
import { withStores } from '../open-stores.ts';
import { readSitesFile } from '../read-sites-file.ts';

/** Deletes what is kept of an address, and says what that was. */
export const forget: Command = {
  usage: 'ADDRESS',
  summary: 'deletes everything that is kept of an address, and says what that was',
  async run([typed, ...more], { env, say, now }) {
    if (typed === undefined || more.length > 0) {
      say('It wants one address.');
      return 2;
    }
    const config = readEnvironment({ redisUrl, mongodbUrl, sitesFile, indexKey: indexKeyVariable }, env);
    const sites = createSites(readSitesFile(config.sitesFile, now()));
    const forgotten = await withStores(config, ({ redis, store }) =>
      createForgetAddress({
        indexKey: config.indexKey,
        sites,
        forgetChallenges: store.forgetChallenges,
        forgetEnrolments: store.forgetEnrolments,
        liftSuppression: store.suppressions.lift,
        forgetCounters: (digest) => forgetKeys(redis, digest),
      })(typed),
    );
    if (!forgotten) {
      say('That is not an email address.');
      return 2;
    }
    const patience = Math.max(...sites.all.map(({ patienceSeconds }) => patienceSeconds));
    for (const [kind, count] of Object.entries(forgotten)) say(`${String(count).padStart(6)}  ${kind}`);
    say(`A mail that still waits in the queue holds the address sealed, and ends by itself within ${describeSeconds(patience)}.`);
    say('Passes and the marks of known browsers are kept by the visitor alone, and end by themselves.');
    return 0;
  },
};
