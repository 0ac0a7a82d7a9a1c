// Bundles what is written in TypeScript and run from scripts: Node 20 does not read it.

import { join } from 'node:path';
import { root } from './install.mjs';

/**
 * @param {string} name of a directory below node_modules, from where the packages are found
 * @param {Record<string, string>} entryPoints the name of each file that is made, and its source
 * @param {import('esbuild').BuildOptions} [more]
 * @returns {Promise<string>} the directory
 */
export async function bundleTool(name, entryPoints, more) {
  // Imported only now: it is one of the packages.
  const { build } = await import('esbuild');
  const outdir = join(root, 'node_modules/.cache', name);
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    ...more,
  });
  return outdir;
}
