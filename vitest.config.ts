import { defineConfig } from 'vitest/config';

// .ci/run asks for a second report, for a program to count; people read the closing line of the first.
const reportFile = process.env['VITEST_JSON_REPORT'];

/** Some projects run only when they are named. */
const isNamed = (project: string) => process.argv.some((argument) => argument === project || argument === `--project=${project}`);
/** The long faults take about half an hour: `npm run test:faults`. */
const named = isNamed('faults');
/** Those with programs that Daypass does not bring to run itself, such as nginx: `npm run test:system`. */
const system = isNamed('system');

const faults = {
  globalSetup: ['test/support/fault-setup.ts'],
  testTimeout: 600_000,
  expect: { poll: { timeout: 10_000 } },
  hookTimeout: 60_000,
};

const integration = {
  globalSetup: ['test/support/global-setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // A busy machine is slow, not wrong: vitest's second is not enough for what several processes do.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    reporters: reportFile ? ['default', ['json', { outputFile: reportFile }]] : ['default'],
    // Closing stores and child processes has a deadline as well.
    teardownTimeout: 20_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,services}/*/src/**/*.test.ts', '{tools,bench}/src/**/*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          maxWorkers: '100%',
          // Not 0: on two cores or fewer vitest puts a project of order 0 after all others.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...integration,
          name: 'integration',
          include: ['test/integration/*.test.ts'],
          // Two at a time, each with a Redis database of its own (test/support/stores.ts), and only when the unit tests have
          // left the machine to them. A Redis that somebody names is one database.
          maxWorkers: process.env['REDIS_URL'] ? 1 : 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...integration,
          name: 'integration-alone',
          include: ['test/integration/alone/*.test.ts'],
          // They weigh a whole store, or compare times.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'attack',
          include: ['test/attack/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          // All of it when it is named, `npm run attack`; a part with all other tests.
          env: { ATTACK: isNamed('attack') ? 'full' : 'quick' },
          sequence: { groupOrder: 3 },
          fileParallelism: false,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          ...faults,
          name: 'faults-quick',
          include: ['test/faults/quick/*.test.ts'],
          // Each case breaks stores of its own, and one of them mostly waits.
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      ...(system
        ? [
            {
              test: {
                name: 'system',
                include: ['test/system/**/*.test.ts'],
                globalSetup: ['test/support/system-setup.ts', 'test/support/global-setup.ts'],
                fileParallelism: false,
                sequence: { groupOrder: 6 },
                testTimeout: 60_000,
                // The first time fetches what is missing.
                hookTimeout: 180_000,
                expect: { poll: { timeout: 10_000 } },
              },
            },
          ]
        : []),
      ...(named
        ? [
            {
              test: {
                ...faults,
                name: 'faults',
                include: ['test/faults/**/*.test.ts'],
                // They measure how long recovery takes.
                fileParallelism: false,
                sequence: { groupOrder: 5 },
              },
            },
          ]
        : []),
    ],
  },
});
