#!/usr/bin/env node
// daypass COMMAND [ARGUMENT…]
//
// For those who run Daypass. It reads the same environment as the services.
import { ConfigurationError } from '@daypass/runtime/read-environment';
import type { Command } from './command.ts';
import { audit } from './commands/audit.ts';
import { doctor } from './commands/doctor.ts';
import { failed } from './commands/failed.ts';
import { forget } from './commands/forget.ts';
import { keys } from './commands/keys.ts';
import { suppressions } from './commands/suppressions.ts';

const commands: Record<string, Command> = { audit, doctor, failed, forget, keys, suppressions };

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
const say = (line: string) => console.log(line);

if (!command) {
  for (const [each, { usage, summary }] of Object.entries(commands)) say(`daypass ${[each, usage].join(' ').trimEnd()}\n    ${summary}`);
  process.exitCode = ['', 'help', '--help'].includes(name) ? 0 : 2;
} else {
  try {
    process.exitCode = await command.run(args, { env: process.env, say, now: () => new Date() });
  } catch (error) {
    // Nothing else may be said of it: what a library says may quote a URL with its password.
    const problems = error instanceof ConfigurationError ? error.problems : [`It failed: ${nameOf(error)}.`];
    for (const problem of problems) console.error(problem);
    process.exitCode = 1;
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'for a reason that is not known';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
