// npm test: everything that has to hold, from a bare checkout. `e2e` as argument: only the end-to-end tests; `binary`:
// those, on the single executable; `long`: those that take minutes, or are longer there.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';
import { installTools } from './tools.mjs';

const only = process.argv[2];

installPackages();
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, NATS_SERVER: await findNatsServer() };
// A certificate store of the machine's slows each start of node and has no place in the tests.
delete env.NODE_EXTRA_CA_CERTS;

const build = ['node', 'scripts/build.mjs'];
const endToEnd = ['npx', 'vitest', 'run', '--project', 'e2e'];
const check = [
  ['npx', 'biome', 'check', '--error-on-warnings', '.'],
  ['npx', 'tsc', '--noEmit'],
];
let steps = [...check, build, ['npx', 'vitest', 'run']];
if (only === 'e2e') steps = [build, endToEnd];
if (only === 'binary') {
  steps = [build, ['node', 'scripts/build-binary.mjs'], endToEnd];
  env.REMAPHORE_BIN = join(root, 'dist/remaphore');
}
if (only === 'long') {
  steps = [build, ['npx', 'vitest', 'run', '--project', 'long'], [...endToEnd, 'test/e2e/lock-contended.test.ts']];
  env.REMAPHORE_LONG = '1';
  env.LOCK_ROUNDS = '500';
}

console.log(`nats-server: ${env.NATS_SERVER}`);
for (const tool of installTools()) {
  console.log(`${tool}: not installed, which takes root on Debian: the tests that need it are skipped`);
}
if (spawnSync('unshare', ['--net', 'true']).status !== 0) {
  console.log('network namespaces are not permitted here: the tests that cut a network are skipped');
}
for (const [command = '', ...args] of steps) {
  console.log(`> ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
