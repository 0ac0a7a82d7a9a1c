// npm run demo: from a bare checkout to two hosts that wait for a third, with real keys, credentials and a real server.

import { execFileSync } from 'node:child_process';
import { installPackages, root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

installPackages();
const natsServer = await findNatsServer();
execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });

// Imported only now: it needs the packages.
const { runDemo } = await import('./demo-run.mjs');
process.exitCode = await runDemo(natsServer);
