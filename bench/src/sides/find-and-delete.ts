// Deleting without a sweeper: find a batch of ids, delete them, until there are none.
//
// POST /sweep {batchSize} answers {seconds} when it is done.
import Fastify from 'fastify';
import { MongoClient } from 'mongodb';
import { given, listen } from './side.ts';

const client = await new MongoClient(given('MONGODB_URL'), { maxPoolSize: 16 }).connect();
const challenges = client.db().collection<{ _id: string; purgeAt: Date }>('challenges');

/** As the sweeper's: a delete that a power cut undoes is done again. */
const notJournaled = { writeConcern: { journal: false } };

const app = Fastify({ requestTimeout: 0 });
app.post<{ Body: { batchSize: number } }>('/sweep', async ({ body: { batchSize } }) => {
  const started = performance.now();
  for (;;) {
    const due = await challenges
      .find({ purgeAt: { $lte: new Date() } }, { projection: { _id: 1 } })
      .sort({ purgeAt: 1 })
      .limit(batchSize)
      .toArray();
    if (due.length === 0) break;
    await challenges.deleteMany({ _id: { $in: due.map(({ _id }) => _id) } }, notJournaled);
  }
  return { seconds: (performance.now() - started) / 1000 };
});
await listen(app);
