// The program as one CommonJS bundle, which starts faster than modules.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @type {import('esbuild').BuildOptions} */
export const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  define: { REMAPHORE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
};

const require = createRequire(import.meta.url);
const natsPath = require.resolve('nats');
const transportPath = join(dirname(natsPath), 'lib');
const jetStreamPath = dirname(require.resolve('@nats-io/jetstream'));
const corePath = dirname(createRequire(natsPath).resolve('@nats-io/nats-core'));

/**
 * Leaves out what packages load at once and hardly ever use.
 *
 * @type {import('esbuild').Plugin}
 */
export const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    // It makes a drawing of its own for each of the process's streams. To look at standard output would make a pipe
    // non-blocking, for the scripts that inherit it too.
    onResolve({ filter: /^node:process$/ }, ({ importer }) =>
      /[/]log-update[/]/.test(importer) ? { path: 'log-update: streams', namespace: 'lean' } : undefined,
    );
    const packages = [...Object.keys(LEAN), '@nats-io/nats-core'];
    onResolve({ filter: new RegExp(`^(${packages.join('|')})$`) }, ({ path, namespace, importer }) => {
      if (path === '@nats-io/nkeys' && !importer.startsWith(corePath)) return undefined;
      if (importer.startsWith(jetStreamPath)) return { path: JETSTREAM_CORE, namespace: 'lean' };
      return namespace === 'lean' ? { path, external: true } : { path, namespace: 'lean' };
    });
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({ contents: LEAN[path] ?? '', resolveDir: root }));
  },
};

/** What JetStream has of the client: more than the connection needs, of the same files, loaded with the first store. */
export const JETSTREAM_CORE = 'jetstream: nats-core';
const JETSTREAM_CORE_FILES = [
  ...['core', 'databuffer', 'encoders', 'errors', 'headers', 'idleheartbeat_monitor'],
  ...['nuid', 'queued_iterator', 'request', 'semver', 'util'],
];

/** @type {Record<string, string>} */
const LEAN = {
  // Without TLS it is only asked whether a socket is one of TLS's.
  'node:tls': `
    exports.connect = (...args) => require('node:tls').connect(...args);
    exports.checkServerIdentity = (...args) => require('node:tls').checkServerIdentity(...args);
    exports.TLSSocket = class { static [Symbol.hasInstance](socket) { return socket?.encrypted === true; } };`,
  'log-update: streams': 'module.exports = { stdout: {}, stderr: {} };',
  // An address needs no look-up.
  'node:dns': `exports.lookup = (...args) => require('node:dns').lookup(...args);`,
  // Credentials are signed for by transport/credentials.ts, so the client needs none; those of the tokens stay.
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
  [JETSTREAM_CORE]: JETSTREAM_CORE_FILES.map(
    (file) => `Object.assign(exports, require('${corePath}/${file}.js'));`,
  ).join('\n'),
};

/**
 * Writes the program.
 *
 * @param {string} outfile
 * @param {import('esbuild').BuildOptions} options further ones
 */
export async function bundleProgram(outfile, options = {}) {
  const { define, plugins = [], ...others } = options;
  return build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    format: 'cjs',
    minify: true,
    define: { ...common.define, ...define },
    plugins: [...plugins, lean],
    ...others,
  });
}
