// npm run fuzz -- [TARGET…] [--minutes N | --count N] [--seed N] [--keep]: tries inputs on the parsers, from a bare
// checkout. A target is one of those in test/fuzz/targets.ts, by default each of them in turn.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleTool } from './bundle-tool.mjs';
import { installPackages, root } from './install.mjs';

installPackages();
const output = await bundleTool(
  'remaphore-fuzz',
  { main: 'test/fuzz/main.ts' },
  {
    // All of it is counted, and so has to be in it.
    format: 'cjs',
    packages: 'bundle',
    outExtension: { '.js': '.cjs' },
    // Files are found from the source's place: all that look for one are two levels down.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/fuzz/main.ts')).href) },
  },
);

const { status } = spawnSync(process.execPath, [join(output, 'main.cjs'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
