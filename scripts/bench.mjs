// npm run bench: measures the program against its goals, from a bare checkout. The options are described in
// bench/options.ts.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleTool } from './bundle-tool.mjs';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

installPackages();
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, NATS_SERVER: await findNatsServer() };
// Both slow each start of node down, and have no place in its measurement.
delete env.NODE_EXTRA_CA_CERTS;
delete env.NODE_OPTIONS;
// What its receivers accept is none of this user's business.
env.XDG_STATE_HOME = mkdtempSync(join(tmpdir(), 'remaphore-bench-'));
process.on('exit', () => rmSync(env.XDG_STATE_HOME ?? '', { recursive: true, force: true }));

execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, env, stdio: 'inherit' });
const binary = spawnSync(process.execPath, ['scripts/build-binary.mjs'], { cwd: root, env, stdio: 'inherit' });
// Where there is no bun for the platform, the table says that there is no binary.
const NO_BUN = 69;
if (binary.status !== 0 && binary.status !== NO_BUN) process.exit(binary.status ?? 1);

const output = await bundleTool('remaphore-bench', {
  main: 'bench/main.ts',
  responders: 'bench/roles/responders.ts',
  taker: 'bench/roles/taker.ts',
});

const { status } = spawnSync(process.execPath, [join(output, 'main.mjs'), ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
