import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Where to find a running Daypass, for scripts. It holds no secrets. */
export type RunFile = {
  urls: Record<string, string>;
  ports: Record<string, number>;
  pids: Record<string, number>;
};

export function writeRunFile(path: string, content: RunFile): void {
  const part = `${path}.part`;
  writeFileSync(part, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(part, path);
}

export function readRunFile(path: string): RunFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunFile;
  } catch {
    return undefined;
  }
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true });
}
