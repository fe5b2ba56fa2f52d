import { readFileSync } from 'node:fs';
import type { Variable } from './variable.ts';

export type Configuration<V extends Record<string, Variable<unknown>>> = {
  [K in keyof V]: V[K] extends Variable<infer T> ? T : never;
};

/** The environment is not what the process needs. The message names every variable and what it wants, and no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads all variables, or throws one {@link ConfigurationError} with everything that is wrong. */
export function readEnvironment<V extends Record<string, Variable<unknown>>>(
  variables: V,
  environment: NodeJS.ProcessEnv,
): Configuration<V> {
  const problems: string[] = [];
  const entries = Object.entries(variables).map(([key, variable]) => {
    try {
      return [key, readVariable(variable, environment)];
    } catch (error) {
      problems.push(error instanceof ConfigurationError ? error.message : `${variable.name} cannot be read`);
      return [key, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(entries) as Configuration<V>;
}

function readVariable(variable: Variable<unknown>, environment: NodeJS.ProcessEnv): unknown {
  const { name, wants, parse, fallback } = variable;
  const given = readText(variable, environment) ?? fallback;
  if (given === undefined) throw new ConfigurationError([`${name} is not set. It wants ${wants}.`]);

  let why = '';
  try {
    const value = parse(given);
    if (value !== undefined) return value;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    // A parser's message is written for this place: it says what is wrong and quotes nothing.
    if (error instanceof Error) why = ` ${error.message}.`;
  }
  throw new ConfigurationError([`${name} is malformed.${why} It wants ${wants}.`]);
}

function readText({ name, secret }: Variable<unknown>, environment: NodeJS.ProcessEnv): string | undefined {
  const inline = environment[name] || undefined;
  const path = secret ? environment[`${name}_FILE`] || undefined : undefined;
  if (inline !== undefined && path !== undefined) {
    throw new ConfigurationError([`${name} and ${name}_FILE are both set. Set one of them.`]);
  }
  return path === undefined ? inline : readNamedFile(`${name}_FILE`, path).trim();
}

/** The text of the file that a variable names. */
export function readNamedFile(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new ConfigurationError([`${variable} names a file that cannot be read${reason}.`]);
  }
}
