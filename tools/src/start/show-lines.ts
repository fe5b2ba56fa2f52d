import { prettyFactory } from 'pino-pretty';

type Show = (line: string, from: 'stdout' | 'stderr') => void;

const COLOURS = { api: 36, 'mailer-worker': 35, sweeper: 33 } as const;
export type ServiceName = keyof typeof COLOURS;

const PRETTY = { singleLine: true, ignore: 'pid,hostname,name,service', translateTime: 'SYS:HH:MM:ss' };

const NAME_WIDTH = Math.max(...Object.keys(COLOURS).map((name) => name.length));

/** Prints a service's lines behind its name: on a terminal for people to read, else as they are. */
export function showLines(name: ServiceName, onTerminal: boolean): Show {
  const label = name.padEnd(NAME_WIDTH);
  if (!onTerminal) return (line, from) => process[from].write(`${label} | ${line}\n`);

  const prefix = `\u001b[${COLOURS[name]}m${label} |\u001b[0m`;
  const pretty = prettyFactory({ ...PRETTY, colorize: true });
  return (line, from) => {
    for (const part of readable(line, pretty).trimEnd().split('\n')) process[from].write(`${prefix} ${part}\n`);
  };
}

function readable(line: string, pretty: (line: string) => string): string {
  try {
    return line.startsWith('{') ? pretty(line) : line;
  } catch {
    return line;
  }
}
