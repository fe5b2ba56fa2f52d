import { ConfigurationError, readEnvironment } from '@daypass/runtime/read-environment';
import type { Variable } from '@daypass/runtime/variable';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settings } from '../../packages/cli/src/doctor/settings.ts';
import { variables as api } from '../../services/api/src/config.ts';
import { variables as mailerWorker } from '../../services/mailer-worker/src/config.ts';
import { variables as sweeper } from '../../services/sweeper/src/config.ts';

/** Stands in every value, over and over, so that a piece of one that is quoted has it. */
const mark = 'ZQ7X';
const marked = mark.repeat(12);
const shapes = [
  marked,
  `${marked}=`,
  `redis://u:${marked}@`,
  `redis://u:${marked}@h,${marked}`,
  `mongodb://u:${marked}@h/?${marked}`,
  `smtp://u:${marked}%zz@h`,
  `smtp://u:${marked}@h?perSecond=${marked}`,
  `https://u:${marked}@h`,
  `ops:${marked},${marked}`,
  `k1:${marked}`,
  `k1:${marked},k1:${marked}`,
  `[{"kty":"OKP","crv":"Ed25519","x":"${marked}","d":"${marked}","kid":"${marked}"}]`,
  `[{"kty":"RSA","n":"${marked}","${marked}":1}]`,
  `["${marked}",${marked}`,
  `-----BEGIN PRIVATE KEY-----\n${marked}\n-----END PRIVATE KEY-----`,
  `"${marked}" <${marked}@h>`,
  `10.0.0.0/${marked}`,
  `/nowhere/${marked}`,
  `\0${marked}`,
];
const value = fc.oneof(
  fc.constantFrom(...shapes),
  fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })).map(([before, after]) => `${before}${marked}${after}`),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', ',', '0', '1', '[]', '{}', 'null', '%', '__proto__', '9'.repeat(400), 'x'.repeat(100_000)),
);

test.each<[string, Record<string, Variable<unknown>>]>([
  ['API', api],
  ['mailer worker', mailerWorker],
  ['sweeper', sweeper],
])('whatever is in the environment of the %s, it is read, or each problem names its variable and quotes no value', (_service, variables) => {
  const names = Object.values(variables).flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  const environment = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
  fc.assert(
    fc.property(environment, (given) => {
      const problems = problemsOf(variables, given);
      expect(problems.filter((problem) => !names.includes(problem.split(' ')[0] ?? ''))).toEqual([]);
      expect(problems.join('\n')).not.toContain(mark);
    }),
    { numRuns: 300 },
  );
});

test.each<[keyof typeof settings, Record<string, Variable<unknown>>]>([
  ['api', api],
  ['mailer-worker', mailerWorker],
  ['sweeper', sweeper],
])('what daypass doctor reads for the %s is what that reads, each variable in the same way', (service, variables) => {
  const reading = (some: Record<string, Variable<unknown>>) =>
    Object.fromEntries(Object.values(some).map(({ name, wants, parse, secret, fallback }) => [name, { wants, parse, secret, mayBeMissing: fallback !== undefined }]));
  expect(reading(settings[service])).toEqual(reading(variables));
});

function problemsOf(variables: Record<string, Variable<unknown>>, environment: NodeJS.ProcessEnv): string[] {
  try {
    readEnvironment(variables, environment);
    return [];
  } catch (error) {
    // What is thrown is printed: its message counts as well.
    if (error instanceof ConfigurationError) return [...error.problems, ...error.message.split('\n')];
    throw error;
  }
}
