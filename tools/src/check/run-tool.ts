import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';

/** A development dependency of the root, by its command. */
export interface Tool {
  name: string;
  command: string;
  args: string[];
}

export interface ToolRun {
  name: string;
  exitCode: number;
  /** What it wrote, to both streams. */
  output: string;
  tookMs: number;
}

/** Runs a tool of `treeDir`'s node_modules in `treeDir`, under the Node that runs this. Never rejects for a finding. */
export function runTool(tool: Tool, treeDir: string, signal: AbortSignal): Promise<ToolRun> {
  const started = performance.now();
  // pnpm's shims start the first `node` they find, which on a fresh machine is one too old.
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(join(treeDir, 'node_modules/.bin', tool.command), tool.args, {
      cwd: treeDir,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what the tool starts (oxlint: tsgolint) ends with it.
      detached: true,
    });
    signal.addEventListener('abort', () => killGroup(child.pid));
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ name: tool.name, exitCode: code ?? 1, output, tookMs: performance.now() - started });
    });
  });
}

function killGroup(leaderPid: number | undefined): void {
  try {
    if (leaderPid !== undefined) process.kill(-leaderPid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
