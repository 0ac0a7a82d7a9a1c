// npm run soak: whether all is accounted for, and nothing grows, while a broker is ended again and again; from a bare
// checkout. The options are described by --help.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleTool } from './bundle-tool.mjs';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

installPackages();
/** @type {NodeJS.ProcessEnv} */
const env = {
  ...process.env,
  NATS_SERVER: await findNatsServer(),
  REMAPHORE_BIN: process.env.REMAPHORE_BIN ?? join(root, 'bin/remaphore.js'),
};
delete env.NODE_EXTRA_CA_CERTS;
execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, env, stdio: 'inherit' });

const output = await bundleTool('remaphore-soak', { main: 'test/soak/main.ts' });

const { status } = spawnSync(process.execPath, [join(output, 'main.mjs'), ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
