import { expect, onTestFinished, test } from 'vitest';

import { holdPort } from '../ports/hold-port.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { createParts } from './parts.ts';
import { readSettings } from './settings.ts';
import { startStores } from './start-stores.ts';

test('an inbox whose port is taken between being chosen and being used is at another one', async () => {
  const taken = await holdPort('127.0.0.1', 0);
  onTestFinished(() => taken.release());
  const parts = createParts();
  onTestFinished(() => parts.stopAll());
  const settings = readSettings({ REDIS_URL: 'redis://127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1/own' });
  const ports = { api: 0, apiOps: 0, workerOps: 0, sweeperOps: 0, inbox: taken.port };
  const { inboxUrl, ports: used } = await startStores({ settings, dataDir: tempFolder(), ports, parts });
  expect(used['inbox']).not.toBe(taken.port);
  expect((await fetch(inboxUrl ?? '')).status).toBe(200);
});
