import { parseAddress } from '@daypass/core/address/parse-address';
import { digestAddress } from '@daypass/core/keys/digest-address';
import { indexKeyVariable } from '@daypass/core/keys/key-variables';
import { mongodbUrl, redisUrl } from '@daypass/runtime/config';
import { readEnvironment } from '@daypass/runtime/read-environment';
import { describeSeconds } from '../ages.ts';
import type { Command } from '../command.ts';
import { withStores } from '../open-stores.ts';

const mostShown = 1_000;

/** The addresses that get no mail. They are kept by digest, so only whoever names one learns of it. */
export const suppressions: Command = {
  usage: '[ADDRESS | lift ADDRESS]',
  summary: 'lists the addresses that get no mail, by digest; says whether one is among them; lets mails go to it again',
  async run(args, { env, say, now }) {
    const lifting = args[0] === 'lift';
    const [typed, ...more] = lifting ? args.slice(1) : args;
    if (more.length > 0 || (lifting && typed === undefined)) {
      say('It wants nothing, an address, or: lift ADDRESS');
      return 2;
    }
    const config = readEnvironment({ redisUrl, mongodbUrl, indexKey: indexKeyVariable }, env);
    const address = typed === undefined ? undefined : parseAddress(typed);
    if (typed !== undefined && !address) {
      say('That is not an email address.');
      return 2;
    }
    return withStores(config, async ({ store }) => {
      if (!address) {
        const found = await store.suppressions.describe(now(), mostShown);
        for (const { addressDigest, since, until } of found) {
          say(`${addressDigest.slice(0, 12)}…  since ${since.toISOString()}  for another ${describeSeconds((until.getTime() - now().getTime()) / 1000)}`);
        }
        say(`${found.length}${found.length === mostShown ? ' and more' : ''} suppressed.`);
        return 0;
      }
      const digest = digestAddress(config.indexKey, address.key);
      if (lifting) say((await store.suppressions.lift(digest)) ? 'Lifted: mails go there again.' : 'It was not suppressed.');
      else say((await store.suppressions.isSuppressed(digest, now())) ? `Suppressed, as ${digest.slice(0, 12)}…` : 'Not suppressed.');
      return 0;
    });
  },
};
