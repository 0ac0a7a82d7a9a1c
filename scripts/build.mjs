// Makes dist/: the program and V8's code cache of it; beside it what it loads late; the library as a module that leaves
// its dependencies to the package manager; and the library's types.

import { isAscii } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleProgram, common, JETSTREAM_CORE, lean, root } from './bundle.mjs';
import { makeCodeCache } from './code-cache.mjs';
import { writeLicences } from './licences.mjs';

/** Packages that few starts need: each a bundle of its own, loaded when it is. */
const LATE = ['@nats-io/jwt', 'cli-truncate', 'cliui', 'js-yaml', 'log-update', 'yargs'];

/** @type {import('esbuild').Plugin} */
const late = {
  name: 'late',
  setup({ onResolve }) {
    const filter = new RegExp(`^(${LATE.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path: `../dist/late/${path}.cjs`, external: true }));
  },
};

const JETSTREAM = '@nats-io/jetstream';

/**
 * JetStream is late too, but has to have the program's own classes of the client: errors are told apart by them. So its
 * bundle is a function of those.
 *
 * @type {import('esbuild').Plugin}
 */
const lateJetStream = {
  name: 'late-jetstream',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${JETSTREAM}$`) }, ({ path }) => ({ path, namespace: 'late' }));
    onResolve({ filter: /^[.]/, namespace: 'late' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `module.exports = require('../dist/late/${path}.cjs')(require('${JETSTREAM_CORE}'));`,
      resolveDir: root,
    }));
  },
};

/** @type {import('esbuild').Plugin} */
const givenCore = {
  name: 'given-core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@nats-io[/]nats-core/ }, () => ({ path: 'given', namespace: 'given' }));
    onLoad({ filter: /.*/, namespace: 'given' }, () => ({ contents: 'module.exports = natsCore;' }));
  },
};

const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });

const program = await bundleProgram('dist/program.js', {
  metafile: true,
  // What bin/remaphore.js runs: a function of its `require`. It cannot import(), which is a matter of modules.
  banner: { js: '(function(require){' },
  footer: { js: '})' },
  supported: { 'dynamic-import': false },
  plugins: [late, lateJetStream],
});

// It is read as latin1. What is not ASCII is escaped, but not so in regular expressions.
if (!isAscii(readFileSync(join(dist, 'program.js')))) {
  throw new Error('dist/program.js: not ASCII; write such characters in regular expressions as \\u…');
}

const beside = await build({
  ...common,
  metafile: true,
  outdir: 'dist',
  entryPoints: Object.fromEntries(LATE.map((name) => [`late/${name}`, name])),
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minify: true,
  define: { 'import.meta.url': 'moduleUrl' },
  plugins: [lean],
  // As node's own import of a CommonJS module has it: what is exported is the default.
  footer: { js: 'module.exports=Object.assign(module.exports.default??{},module.exports);' },
  banner: { js: "const moduleUrl=require('node:url').pathToFileURL(__filename).href;" },
});

const jetStream = await build({
  ...common,
  metafile: true,
  outfile: `dist/late/${JETSTREAM}.cjs`,
  entryPoints: [JETSTREAM],
  format: 'cjs',
  minify: true,
  plugins: [givenCore],
  banner: { js: 'module.exports=(natsCore)=>{const module={exports:{}},{exports}=module;' },
  footer: { js: 'return module.exports};' },
});

await build({
  ...common,
  outdir: 'dist',
  entryPoints: { index: 'src/index.ts' },
  format: 'esm',
  // What is imported late stays so.
  splitting: true,
  chunkNames: 'library/[hash]',
  packages: 'external',
});

writeLicences(join(dist, 'LICENCES'), [program.metafile, beside.metafile, jetStream.metafile]);

await makeCodeCache(join(root, 'bin/remaphore.js'), dist);

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], {
  cwd: root,
  stdio: 'inherit',
});
