import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import openapiTs, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { ProblemCode } from '../../packages/client/src/problem.ts';
import type { ProblemCode as ApiProblemCode } from '../../services/api/src/problems.ts';
import { startService, type ServiceProcess } from '../support/processes.ts';

const file = new URL('../../packages/client/src/generated/types.ts', import.meta.url);

let api: ServiceProcess;
beforeAll(async () => {
  // For what its routes say it needs no store.
  const nowhere = { REDIS_URL: 'redis://127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1/nowhere' };
  api = await startService('api', { ...makeSecrets(new Date(), randomBytes), ...nowhere, PUBLIC_URL: 'http://localhost:3000', PORT: '0', OPS_PORT: '0' });
});
afterAll(() => api?.stop());

describe("the client's types", () => {
  // After a change of the routes: `npm test -- --project integration client-types -u`.
  test('are made from what the routes say now', async () => {
    const made = astToString(await openapiTs(new URL(`${api.url}/openapi.json`)));
    const head = '/** Made from /openapi.json: see test/integration/client-types.test.ts. Changes are lost. */\n\n';
    await expect(`${head}${made}`).toMatchFileSnapshot(file.pathname);
    expect(await readFile(file, 'utf8')).toContain('operations');
  });

  test('name every problem that the API has', () => {
    expectTypeOf<ApiProblemCode>().toExtend<ProblemCode>();
    expect(true).toBe(true);
  });
});
