// npm run soak: whether all is accounted for, and nothing grows, while a broker is ended again and again; from a bare
// checkout. The options are described by --help.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

/** Below node_modules, so that the packages are found from there. */
const OUTPUT = join(root, 'node_modules/.cache/remaphore-soak/main.mjs');

installPackages();
/** @type {NodeJS.ProcessEnv} */
const env = {
  ...process.env,
  NATS_SERVER: await findNatsServer(),
  REMAPHORE_BIN: process.env.REMAPHORE_BIN ?? join(root, 'bin/remaphore.js'),
};
delete env.NODE_EXTRA_CA_CERTS;
execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, env, stdio: 'inherit' });

// Imported only now: it is one of the packages.
const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['test/soak/main.ts'],
  outfile: OUTPUT,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});

const { status } = spawnSync(process.execPath, [OUTPUT, ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
