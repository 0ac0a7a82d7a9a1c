// Makes dist/: the program as one CommonJS bundle, since node starts that faster than modules; beside it what it loads
// late; the library as a module that leaves its dependencies to the package manager; and the library's types.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Packages that few starts need: each a bundle of its own, loaded when it is. */
const LATE = ['js-yaml', 'tweetnacl', 'yargs'];

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  define: { REMAPHORE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
};

/**
 * What the NATS client loads at once and hardly ever uses.
 *
 * @type {import('esbuild').Plugin}
 */
const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    const late = new RegExp(`^(${LATE.join('|')})$`);
    onResolve({ filter: late }, ({ path }) => ({ path: `./late/${path}.cjs`, external: true }));
    onResolve({ filter: /^(node:tls|node:dns|@nats-io\/nkeys)$/ }, ({ path, namespace }) =>
      namespace === 'lean' ? { path, external: true } : { path, namespace: 'lean' },
    );
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({ contents: LEAN[path] ?? '', resolveDir: root }));
  },
};

/** @type {Record<string, string>} */
const LEAN = {
  // Without TLS it is only asked whether a socket is one of TLS's.
  'node:tls': `
    exports.connect = (...args) => require('node:tls').connect(...args);
    exports.checkServerIdentity = (...args) => require('node:tls').checkServerIdentity(...args);
    exports.TLSSocket = class { static [Symbol.hasInstance](socket) { return socket?.encrypted === true; } };`,
  // An address needs no look-up.
  'node:dns': `exports.lookup = (...args) => require('node:dns').lookup(...args);`,
  // Credentials are signed for by transport/credentials.ts.
  '@nats-io/nkeys': '',
};

rmSync(join(root, 'dist'), { recursive: true, force: true });

await build({
  ...common,
  entryPoints: { cli: 'src/cli/main.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minify: true,
  keepNames: true,
  plugins: [lean],
});

await build({
  ...common,
  entryPoints: Object.fromEntries(LATE.map((name) => [`late/${name}`, name])),
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minify: true,
  define: { 'import.meta.url': 'moduleUrl' },
  // As node's own import of a CommonJS module has it: what is exported is the default.
  footer: { js: 'module.exports=module.exports.default??module.exports;' },
  banner: { js: "const moduleUrl=require('node:url').pathToFileURL(__filename).href;" },
});

await build({
  ...common,
  entryPoints: { index: 'src/index.ts' },
  format: 'esm',
  packages: 'external',
});

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], {
  cwd: root,
  stdio: 'inherit',
});
