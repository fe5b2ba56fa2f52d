#!/usr/bin/env node
// daypass COMMAND [ARGUMENT…]
//
// For those who run Daypass. It reads the same environment as the services.
import { ConfigurationError } from '@daypass/runtime/read-environment';
import { reasonOf } from '@daypass/runtime/reason-of';
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
  const isAsked = ['', 'help', '--help', '-h'].includes(name);
  if (!isAsked) console.error(`unknown command: ${name}`);
  for (const [each, { usage, summary }] of Object.entries(commands)) say(`daypass ${[each, usage].join(' ').trimEnd()}\n    ${summary}`);
  process.exitCode = isAsked ? 0 : 2;
} else {
  try {
    process.exitCode = await command.run(args, { env: process.env, say, now: () => new Date() });
  } catch (error) {
    // Nothing else may be said of it: what a library says may quote a URL with its password.
    const problems = error instanceof ConfigurationError ? error.problems : [`It failed: ${reasonOf(error)}.`];
    for (const problem of problems) console.error(problem);
    process.exitCode = 1;
  }
}
