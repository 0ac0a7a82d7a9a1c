// npm run fuzz -- [TARGET…] [--minutes N | --count N] [--seed N] [--keep]: tries inputs on the parsers, from a bare
// checkout. A target is one of those in test/fuzz/targets.ts, by default each of them in turn.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPackages, root } from './install.mjs';

/** Below node_modules, so that nothing has to be ignored. */
const BUNDLE = join(root, 'node_modules/.cache/remaphore-fuzz/main.cjs');

installPackages();
// Imported only now: it is one of the packages.
const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['test/fuzz/main.ts'],
  outfile: BUNDLE,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  // Files are found from the source's place: all that look for one are two levels down.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/fuzz/main.ts')).href) },
  logLevel: 'warning',
});

const { status } = spawnSync(process.execPath, [BUNDLE, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
