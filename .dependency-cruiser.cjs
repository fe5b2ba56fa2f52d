/**
 * Who may import whom (DESIGN §3), as rules that fail.
 *
 * The parser is swc: TypeScript 7 has no JS API, and without a parser that reads TypeScript dependency-cruiser
 * reports success having read nothing. tools/src/check.ts therefore plants a violation of each rule and fails
 * when one is not caught. Swc does not show `import('x').Type` inside a type; oxlint forbids writing it.
 */

/** A package by name, as it is when it is resolved through pnpm's links and when it cannot be resolved at all. */
const npm = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

const tests = '\\.test\\.ts$';
const production = { path: '^(packages|services)/', pathNot: tests };

/** From `from` no path of any length leads to `to`. */
const neverReaches = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: to, reachable: true },
});

/** No file of `from` imports a file of `to`. */
const neverImports = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    // Between the workspaces.
    neverImports(
      'no-service-imports-another',
      'Services meet in the queue and in the stores, never in memory.',
      { path: '^services/([^/]+)/' },
      { path: '^services/', pathNot: '^services/$1/' },
    ),
    neverImports(
      'packages-import-no-service',
      'A service composes packages; a package that knows its service is not one.',
      { path: '^packages/' },
      { path: '^services/' },
    ),
    neverImports(
      'jobs-imports-no-workspace',
      'The queue contract is data that both ends share; it knows neither the domain nor the process.',
      { path: '^packages/jobs/' },
      { path: '^packages/', pathNot: '^packages/jobs/' },
    ),
    neverImports(
      'runtime-imports-no-workspace',
      'What every process needs does not know what this process is for.',
      { path: '^packages/runtime/' },
      { path: '^packages/', pathNot: '^packages/runtime/' },
    ),
    neverImports(
      'core-imports-no-workspace',
      'The domain stands alone.',
      { path: '^packages/core/' },
      { path: '^packages/', pathNot: '^packages/core/' },
    ),
    neverImports(
      'client-imports-no-workspace',
      'The client is published for browsers; of the rest it takes the texts, which are compiled into it.',
      { path: '^packages/client/' },
      { path: '^packages/', pathNot: '^packages/(client|messages)/' },
    ),
    neverImports(
      'messages-import-no-workspace',
      'Texts know nothing of who shows them.',
      { path: '^packages/messages/' },
      { path: '^packages/', pathNot: '^packages/messages/' },
    ),
    neverImports(
      'production-imports-no-tools-or-tests',
      'Tools and tests are not shipped.',
      production,
      { path: ['^(tools|test|bench)/', tests] },
    ),
    neverImports(
      'no-barrels',
      'An index drags Mongoose or BullMQ into a process that does not use it: import the file.',
      {},
      { path: '^(packages|services)/.+/index\\.ts$' },
    ),

    // Inside the domain.
    neverImports(
      'core-speaks-no-protocol',
      'No HTTP, no queue, no Redis, no log and no mail in the domain.',
      { path: '^packages/core/src/', pathNot: tests },
      { path: npm('fastify', '@fastify', 'bullmq', 'ioredis', 'pino', 'nodemailer', 'mailparser', '@bull-board', 'node-cron') },
    ),
    neverImports(
      'core-asks-nothing-of-the-machine',
      'No environment, files, sockets or processes in the domain: of Node’s own modules, what computes.',
      { path: '^packages/core/src/', pathNot: ['^packages/core/src/store/', tests] },
      { dependencyTypes: ['core'], pathNot: '^(buffer|crypto|url|util)$' },
    ),
    neverImports(
      'the-store-asks-only-to-wait',
      'The same for the store, which may pause before it tries its database again.',
      { path: '^packages/core/src/store/', pathNot: tests },
      { dependencyTypes: ['core'], pathNot: '^(buffer|crypto|url|util|timers(/promises)?)$' },
    ),
    neverImports(
      'only-the-store-imports-mongoose',
      'Models and the stores that speak the domain are in core/store, and nowhere else.',
      { path: production.path, pathNot: ['^packages/core/src/store/', tests] },
      { path: npm('mongoose', 'mongodb', 'bson') },
    ),
    neverImports(
      'the-domain-imports-no-store',
      'store → codes, totp, access, …, never back: a use case is given its store.',
      { path: '^packages/core/src/', pathNot: ['^packages/core/src/store/', tests] },
      { path: '^packages/core/src/store/' },
    ),

    // One place for each of the heavy libraries.
    neverImports(
      'only-jobs-imports-bullmq',
      'The queue is a contract. (Bull Board takes its queue from jobs; its adapter is a package of its own.)',
      { path: production.path, pathNot: ['^packages/jobs/', tests] },
      { path: npm('bullmq') },
    ),
    neverImports(
      'only-the-mailer-imports-nodemailer',
      'The handler lives with its worker. (`daypass doctor` knocks at mail servers, and no process loads it.)',
      { path: production.path, pathNot: ['^services/mailer-worker/', '^packages/cli/', tests] },
      { path: npm('nodemailer') },
    ),
    neverReaches('api-never-loads-nodemailer', 'Whatever the API is given, it cannot send.', '^services/api/', npm('nodemailer')),
    neverReaches('sweeper-never-loads-nodemailer', 'Nor can the sweeper.', '^services/sweeper/', npm('nodemailer')),
    neverReaches(
      'workers-never-load-the-api',
      'A worker has its operations listener and no other surface: no routes, no plugins of theirs, no dashboard.',
      '^services/(mailer-worker|sweeper)/',
      `^services/api/|${npm('@fastify', '@bull-board')}`,
    ),

    // Everywhere.
    {
      name: 'no-circular-imports',
      comment: 'Two files that import each other are one file; a type that both need is a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-unresolvable',
      comment: 'An import that cannot be followed is a rule that is not applied.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    // Names, not contents: what a dependency depends on is its own affair.
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.cache|dist)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
    cache: false,
  },
};
