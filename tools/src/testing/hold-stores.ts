// A program for the tests: holds both stores in the folder it is given until somebody ends it.
import { join } from 'node:path';

import { startMongo } from '../stores/mongo-engine.ts';
import { startRedis } from '../stores/redis-server.ts';

const [folder = ''] = process.argv.slice(2);
const redis = await startRedis({ dataDir: join(folder, 'redis') });
const mongo = await startMongo({ dataDir: join(folder, 'mongo') });
console.log(JSON.stringify({ redis: redis.pid, mongo: mongo.pid, socketPath: mongo.socketPath }));
