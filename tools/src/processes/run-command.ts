import { startLeashedProcess } from './leashed-process.ts';

type Options = { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs: number };

/** Runs a program to its end and gives what it printed; anything but exit code 0 is an error with its last lines. */
export async function runCommand(command: string, args: readonly string[], options: Options): Promise<string[]> {
  const { timeoutMs, ...rest } = options;
  const printed: string[] = [];
  const running = startLeashedProcess({ command, args, ...rest, onLine: (line) => printed.push(line) });

  let tooLong = false;
  const timer = setTimeout(() => {
    tooLong = true;
    void running.stop(2_000);
  }, timeoutMs);
  const { code, signal } = await running.exited;
  clearTimeout(timer);

  if (code === 0) return printed;
  const why = tooLong ? `took more than ${timeoutMs / 1000} s` : `ended with ${signal ?? `exit code ${code}`}`;
  throw new Error([`${command} ${args[0] ?? ''} ${why}`, ...running.lastLines()].join('\n  '));
}
