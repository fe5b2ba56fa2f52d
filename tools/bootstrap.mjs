// node tools/bootstrap.mjs start|demo|test|check|bench|mail:preview|daypass [ARGUMENT…]
//
// What `npm start`, `npm test`, `npm run check` and their like call. It needs Node 18 and npm, nothing else: it
// brings Node 24, pnpm and the packages into the clone where they are missing, and runs the command under that Node.
import { join } from 'node:path';

import { bringNode } from './bootstrap/bring-node.mjs';
import { bringPackages } from './bootstrap/bring-packages.mjs';
import { cleanEnvironment } from './bootstrap/clean-environment.mjs';
import { places } from './bootstrap/places.mjs';
import { runInForeground } from './bootstrap/run-in-foreground.mjs';

const programs = {
  start: [join(places.repo, 'tools/src/start.ts')],
  demo: [join(places.repo, 'tools/src/demo.ts')],
  test: [join(places.repo, 'node_modules/vitest/vitest.mjs'), 'run'],
  check: [join(places.repo, 'tools/src/check.ts')],
  bench: [join(places.repo, 'bench/src/main.ts')],
  'mail:preview': [join(places.repo, 'tools/src/mail-preview.ts')],
  daypass: [join(places.repo, 'tools/src/daypass.ts')],
};

async function main([command, ...args]) {
  const program = programs[command];
  if (!program) throw new Error(`Usage: node tools/bootstrap.mjs ${Object.keys(programs).join('|')} [argument…]`);
  if (process.platform === 'win32') throw new Error('Daypass runs on Linux and macOS. On Windows, use it inside WSL.');

  // What is brought is no part of what this command says: somebody may be reading that from a pipe.
  if (command === 'daypass') console.log = console.error;
  const env = cleanEnvironment(process.env);
  const node = await bringNode(env);
  await bringPackages(node, env);
  // Four processes load much the same code at once: what one has compiled is there for the others, and the next start.
  const compiled = ['start', 'demo', 'daypass'].includes(command) ? { NODE_COMPILE_CACHE: places.compiled } : {};
  return runInForeground(node, [...program, ...args], { ...compiled, ...env });
}

// Whoever reads our lines may go before us; what was started still ends in order.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    console.error(`\n${error.message}\n`);
    process.exit(1);
  },
);
