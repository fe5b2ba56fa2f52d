import { refuseExposed } from '@daypass/runtime/config';
import { ConfigurationError, readEnvironment, type Configuration } from '@daypass/runtime/read-environment';
import type { Variable } from '@daypass/runtime/variable';
import { fail, ok, warn, type Finding } from './finding.ts';
import { settings } from './settings.ts';

type Service = keyof typeof settings;
type All = (typeof settings)['api'] & (typeof settings)['mailer-worker'];

const names: Record<Service, string> = { api: 'the API', 'mailer-worker': 'the mailer worker', sweeper: 'the sweeper' };
const services = Object.keys(settings) as Service[];
const variables: All = { ...settings.api, ...settings['mailer-worker'] };

/**
 * Reads what the services would read, each variable by itself: one that is wrong does not keep the others from being looked
 * at. One that is wrong is wrong for whoever reads it. One that is missing may be given elsewhere, to the service that wants it.
 */
export function lookAtEnvironment(env: NodeJS.ProcessEnv): { config: Partial<Configuration<All>>; findings: Finding[] } {
  const config: Partial<Configuration<All>> = {};
  const findings: Finding[] = [];
  const kept = new Set<Service>();
  for (const [key, variable] of Object.entries(variables)) {
    const problem = problemOf(() => Object.assign(config, readEnvironment({ [key]: variable }, env)));
    if (problem === undefined) continue;
    const readers = services.filter((service) => key in settings[service]);
    for (const service of readers) kept.add(service);
    findings.push(describe(problem, readers, isMissing(variable, env)));
  }
  const { opsHost, opsInsecure } = config;
  const exposed = opsHost !== undefined && opsInsecure !== undefined && problemOf(() => refuseExposed(opsHost, opsInsecure));
  if (exposed) {
    for (const service of services) kept.add(service);
    findings.push(fail('environment', exposed, 'No service starts with it'));
  }
  const complete = services.filter((service) => !kept.has(service));
  if (complete.length > 0) findings.push(ok('environment', `complete for ${namesOf(complete)}`));
  return { config, findings };
}

function describe(problem: string, readers: readonly Service[], missing: boolean): Finding {
  if (!missing) return fail('environment', problem, 'See .env.example');
  if (readers.length === services.length) return fail('environment', problem, 'No service starts without it');
  const verb = readers.length === 1 ? 'does' : 'do';
  return warn('environment', problem, `It was not looked at, and where it is not given ${namesOf(readers)} ${verb} not start`);
}

function namesOf(some: readonly Service[]): string {
  return new Intl.ListFormat('en-GB').format(some.map((service) => names[service]));
}

function isMissing({ name, secret }: Variable<unknown>, env: NodeJS.ProcessEnv): boolean {
  return !env[name] && !(secret && env[`${name}_FILE`]);
}

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof ConfigurationError ? error.message : 'it cannot be read';
  }
}
