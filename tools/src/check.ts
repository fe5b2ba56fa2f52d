/**
 * `npm run check`: lint, types, imports and unused code; then the proof that each of them can fail.
 *
 * A check that reads nothing reports success (dependency-cruiser does, on a TypeScript it cannot parse). So every
 * tool runs a second time, on a copy of this tree with violations planted in it, and must name each of them.
 */
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTree, removeCopy } from './check/copy-tree.ts';
import { plantAll, uncaught, unplantedRules } from './check/planted.ts';
import { runTool, type Tool, type ToolRun } from './check/run-tool.ts';

const rootDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const tools: Tool[] = [
  { name: 'lint', command: 'oxlint', args: ['--format=unix'] },
  { name: 'types', command: 'tsc', args: ['--noEmit', '--pretty', 'false'] },
  // With the types of browsers, and without those of Node.
  { name: 'browser types', command: 'tsc', args: ['--noEmit', '--pretty', 'false', '--project', 'packages/client'] },
  {
    name: 'imports',
    command: 'depcruise',
    args: ['--output-type=err', 'packages', 'services', 'tools', 'test', 'bench'],
  },
  { name: 'unused', command: 'knip', args: ['--no-progress', '--reporter=compact'] },
];

const copyDir = realpathSync(mkdtempSync(join(tmpdir(), 'daypass-check-')));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    interrupted.abort();
    removeCopy(copyDir);
    process.exit(1);
  });
}

try {
  const started = performance.now();
  const findings = await Promise.all(tools.map(checkTree));
  const misses = await Promise.all(proveTools());
  const failed = [...findings, ...misses].filter((ok) => !ok).length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(failed === 0 ? `check: all clean in ${seconds} s` : `check: ${failed} failed, in ${seconds} s`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  removeCopy(copyDir);
}

async function checkTree(tool: Tool): Promise<boolean> {
  const run = await runTool(tool, rootDir, interrupted.signal);
  return report(run, run.exitCode === 0 ? [] : [run.output.trim()]);
}

function proveTools(): Promise<boolean>[] {
  copyTree(rootDir, copyDir);
  plantAll(copyDir);
  return tools.map(async (tool) => {
    const run = await runTool(tool, copyDir, interrupted.signal);
    const missed = uncaught(tool.name, run);
    if (tool.name === 'imports') missed.push(...unplantedRules(rootDir));
    // Without its output nobody could tell a tool that broke from a rule that does not bite.
    const details = missed.length > 0 ? [...missed, run.output.trim()] : [];
    return report({ ...run, name: `${tool.name} can fail` }, details);
  });
}

function report(run: ToolRun, details: string[]): boolean {
  const ok = details.length === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${run.name.padEnd(16)} ${(run.tookMs / 1000).toFixed(1)} s`);
  if (!ok) console.log(`\n${details.join('\n')}\n`);
  return ok;
}
