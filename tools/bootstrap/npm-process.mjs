import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SHELL = /^-?(.*\/)?(sh|dash|bash|zsh|ksh|ash|busybox)$/;

/** The npm that started us, if one did. Between it and us there may be the shell it runs scripts by. */
export function npmProcess() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = look(process.ppid);
  return parent && SHELL.test(parent.program) ? parent.ppid : process.ppid;
}

function look(pid) {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid) {
  try {
    // proc(5): pid (program) state ppid …
    const [, program, ppid] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return program && { program, ppid: Number(ppid) };
  } catch {
    return undefined;
  }
}

function fromPs(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8', timeout: 5000 });
  const [, ppid, program] = /^\s*(\d+)\s+(.*\S)/.exec(stdout ?? '') ?? [];
  return program && { program, ppid: Number(ppid) };
}
