// Makes dist/: the program as one CommonJS bundle, since node starts that faster than modules; beside it what it loads
// late; the library as a module that leaves its dependencies to the package manager; and the library's types.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeCodeCache } from './code-cache.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Packages that few starts need: each a bundle of its own, loaded when it is. */
const LATE = ['js-yaml', 'yargs'];

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

const require = createRequire(import.meta.url);
const natsPath = require.resolve('nats');
const transportPath = join(dirname(natsPath), 'lib');
const corePath = dirname(createRequire(natsPath).resolve('@nats-io/nats-core'));

/**
 * What the NATS client loads at once and hardly ever uses.
 *
 * @type {import('esbuild').Plugin}
 */
const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    const late = new RegExp(`^(${LATE.join('|')})$`);
    onResolve({ filter: late }, ({ path }) => ({ path: `../dist/late/${path}.cjs`, external: true }));
    onResolve({ filter: new RegExp(`^(${Object.keys(LEAN).join('|')})$`) }, ({ path, namespace }) =>
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
  // Of the client this program uses the connection alone.
  nats: `
    export { connect } from '${transportPath}/connect.js';
    export { errors } from '${corePath}/errors.js';`,
  '@nats-io/nats-core/internal': `
    const { deferred, extend, render } = require('${corePath}/util.js');
    const { hasWsProtocol, checkOptions } = require('${corePath}/options.js');
    const { setTransportFactory, extractProtocolMessage } = require('${corePath}/transport.js');
    const { NatsConnectionImpl } = require('${corePath}/nats.js');
    const { DataBuffer } = require('${corePath}/databuffer.js');
    const { INFO } = require('${corePath}/protocol.js');
    const { errors } = require('${corePath}/errors.js');
    Object.assign(exports, { deferred, extend, render, hasWsProtocol, checkOptions, setTransportFactory });
    Object.assign(exports, { extractProtocolMessage, NatsConnectionImpl, DataBuffer, INFO, errors });`,
};

rmSync(join(root, 'dist'), { recursive: true, force: true });

await build({
  ...common,
  entryPoints: { program: 'src/cli/main.ts' },
  format: 'cjs',
  minify: true,
  // What bin/remaphore.js runs: a function of its `require`. It cannot import(), which is a matter of modules.
  banner: { js: '(function(require){' },
  footer: { js: '})' },
  supported: { 'dynamic-import': false },
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

await makeCodeCache(join(root, 'bin/remaphore.js'), join(root, 'dist'));

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], {
  cwd: root,
  stdio: 'inherit',
});
