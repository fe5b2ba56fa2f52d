import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ToolRun } from './run-tool.ts';

/** A file that a tool must complain about, and the name under which it must. */
interface Plant {
  tool: string;
  rule: string;
  file: string;
  text: string;
}

const core = 'packages/core/src/codes';
const relayToMail = '../../../../packages/runtime/src/planted/mail.ts';

/** A planted import. Side effects only: what is imported is not the question. */
function importing(rule: string, file: string, target: string): Plant {
  return { tool: 'imports', rule, file, text: `import '${target}';\n` };
}

/** A planted line that oxlint must name. */
function linting(rule: string, file: string, text: string): Plant {
  return { tool: 'lint', rule, file, text: `${text}\n` };
}

const plants: Plant[] = [
  linting('no-floating-promises', 'services/api/src/planted/floating.ts', 'Promise.resolve(1);'),
  linting(
    'no-misused-promises',
    'services/api/src/planted/misused.ts',
    "process.on('exit', async () => { await Promise.resolve(); });",
  ),
  linting(
    'switch-exhaustiveness-check',
    'services/api/src/planted/switch.ts',
    "export const f = (x: 'a' | 'b') => { switch (x) { case 'a': return 1; } return 2; };",
  ),
  linting('no-explicit-any', 'services/api/src/planted/any.ts', 'export const x = (y: any) => String(y);'),
  linting(
    'consistent-type-imports',
    'services/api/src/planted/type-import.ts',
    "export type Late = Promise<import('node:fs').Stats>;",
  ),
  linting('no-console', 'services/api/src/planted/console.ts', "console.log('planted');"),
  linting('no-process-env', 'services/api/src/planted/env.ts', "export const x = process.env['HOME'];"),
  linting('max-lines', 'services/api/src/planted/long.ts', '//\n'.repeat(301)),
  linting(
    'no-focused-tests',
    `${core}/planted-only.test.ts`,
    "import { expect, it } from 'vitest';\nit.only('is alone', () => { expect(1).toBe(1); });",
  ),
  linting(
    'no-disabled-tests',
    `${core}/planted-skip.test.ts`,
    "import { expect, it } from 'vitest';\nit.skip('is left out', () => { expect(1).toBe(1); });",
  ),
  linting('no-unnecessary-condition', `${core}/planted-condition.ts`, 'export const f = (x: string) => x ?? 1;'),
  linting('no-own-clock', `${core}/planted-date.ts`, 'export const x = new Date();'),
  linting('no-restricted-properties', `${core}/planted-now.ts`, 'export const x = Date.now();'),
  linting('no-restricted-properties', `${core}/planted-random.ts`, 'export const x = Math.random();'),
  linting('no-restricted-globals', `${core}/planted-env.ts`, "export const x = process.env['HOME'];"),
  linting(
    'no-restricted-imports',
    `${core}/planted-bytes.ts`,
    "import { randomBytes } from 'node:crypto';\nexport const x = randomBytes(1);",
  ),

  { tool: 'types', rule: 'TS2322', file: 'services/api/src/planted/type.ts', text: "export const x: number = 'one';\n" },
  {
    tool: 'browser types',
    rule: 'TS2591',
    file: 'packages/client/src/planted-node.ts',
    text: 'export const x = process.pid;\n',
  },
  { tool: 'types', rule: 'TS2322', file: 'test/planted-type.ts', text: "export const x: number = 'one';\n" },

  { tool: 'unused', rule: 'plantedExport', file: `${core}/planted-export.ts`, text: 'export const plantedExport = 1;\n' },
  { tool: 'unused', rule: '', file: 'test/support/planted-file.ts', text: 'export const x = 1;\n' },
  {
    tool: 'unused',
    rule: 'planted-package',
    file: 'services/api/src/planted/unlisted.ts',
    text: "import 'planted-package';\n",
  },

  importing('no-service-imports-another', 'services/sweeper/src/planted/a.ts', '../../../api/src/planted/any.ts'),
  importing('packages-import-no-service', 'packages/runtime/src/planted/a.ts', '../../../../services/api/src/planted/any.ts'),
  importing('jobs-imports-no-workspace', 'packages/jobs/src/planted/b.ts', `../../../core/src/codes/planted-date.ts`),
  importing('runtime-imports-no-workspace', 'packages/runtime/src/planted/b.ts', '../../../jobs/src/planted/b.ts'),
  importing('core-imports-no-workspace', `${core}/planted-jobs.ts`, '../../../jobs/src/planted/b.ts'),
  importing('client-imports-no-workspace', 'packages/client/src/planted/b.ts', '../../../core/src/codes/planted-date.ts'),
  importing('messages-import-no-workspace', 'packages/messages/src/planted/b.ts', '../../../client/src/planted/b.ts'),
  importing('production-imports-no-tools-or-tests', 'services/api/src/planted/tools.ts', '../../../../tools/src/check.ts'),
  importing('no-barrels', 'services/api/src/planted/barrel.ts', './index.ts'),
  importing('core-speaks-no-protocol', `${core}/planted-queue.ts`, 'bullmq'),
  importing('core-asks-nothing-of-the-machine', `${core}/planted-files.ts`, 'node:fs'),
  importing('the-store-asks-only-to-wait', 'packages/core/src/store/planted-files.ts', 'node:process'),
  importing('only-the-store-imports-mongoose', `${core}/planted-mongoose.ts`, 'mongoose'),
  {
    tool: 'imports',
    rule: 'the-domain-imports-no-store',
    file: `${core}/planted-store.ts`,
    text: "import type { Planted } from '../store/planted.ts';\nexport type Again = Planted;\n",
  },
  importing('only-jobs-imports-bullmq', 'services/api/src/planted/queue.ts', 'bullmq'),
  {
    tool: 'imports',
    rule: 'only-the-mailer-imports-nodemailer',
    file: 'packages/runtime/src/planted/mail.ts',
    // Dynamic, and deep inside an expression.
    text: "export const planted = { send: [async () => ({ ...(await import('nodemailer')) })] };\n",
  },
  // Two steps to nodemailer, the first of them into a package that a service may import.
  importing('api-never-loads-nodemailer', 'services/api/src/planted/mail.ts', relayToMail),
  importing('sweeper-never-loads-nodemailer', 'services/sweeper/src/planted/mail.ts', relayToMail),
  importing('workers-never-load-the-api', 'services/mailer-worker/src/planted/b.ts', '@fastify/cors'),
  importing('no-circular-imports', 'services/api/src/planted/circle-a.ts', './circle-b.ts'),
  importing('nothing-unresolvable', 'services/api/src/planted/nowhere.ts', './nowhere-at-all.ts'),
];

/** What the plants import besides each other. */
const props: Record<string, string> = {
  'services/api/src/planted/index.ts': 'export {};\n',
  'services/api/src/planted/circle-b.ts': "import './circle-a.ts';\n",
  'packages/core/src/store/planted.ts': 'export type Planted = 1;\n',
};

export function plantAll(treeDir: string): void {
  const files = [...Object.entries(props), ...plants.map(({ file, text }) => [file, text] as const)];
  for (const [file, text] of files) {
    mkdirSync(dirname(join(treeDir, file)), { recursive: true });
    writeFileSync(join(treeDir, file), text);
  }
}

/** One sentence for each plant of a tool that no line of its output names by file and by rule. */
export function uncaught(tool: string, run: ToolRun): string[] {
  const lines = run.output.split('\n');
  return plants
    .filter((plant) => plant.tool === tool)
    .filter(({ file, rule }) => !lines.some((line) => line.includes(file) && line.includes(rule)))
    .map(({ file, rule }) => `The violation of ${rule || 'unused files'} planted in ${file} was not caught.`);
}

/** One sentence for each import rule that no plant proves. */
export function unplantedRules(rootDir: string): string[] {
  const config = createRequire(import.meta.url)(join(rootDir, '.dependency-cruiser.cjs')) as {
    forbidden: { name: string }[];
  };
  const planted = new Set(plants.map(({ rule }) => rule));
  return config.forbidden
    .filter(({ name }) => !planted.has(name))
    .map(({ name }) => `The import rule ${name} has no planted violation in tools/src/check/planted.ts.`);
}
