// npm test: everything that has to hold, from a bare checkout. `e2e` as argument: only the end-to-end tests.

import { spawnSync } from 'node:child_process';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

const only = process.argv[2];

installPackages();
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, NATS_SERVER: findNatsServer() };
// A certificate store of the machine's slows each start of node and has no place in the tests.
delete env.NODE_EXTRA_CA_CERTS;

const steps =
  only === 'e2e'
    ? [
        ['node', 'scripts/build.mjs'],
        ['npx', 'vitest', 'run', '--project', 'e2e'],
      ]
    : [
        ['npx', 'biome', 'check', '--error-on-warnings', '.'],
        ['npx', 'tsc', '--noEmit'],
        ['node', 'scripts/build.mjs'],
        ['npx', 'vitest', 'run'],
      ];

console.log(`nats-server: ${env.NATS_SERVER}`);
for (const [command = '', ...args] of steps) {
  console.log(`> ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
