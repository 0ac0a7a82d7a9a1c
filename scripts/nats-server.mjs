// Finds a nats-server to try things out and to test with, as the program does (src/provision/find-nats-server.mjs), else
// installs Debian's. Prints its path.

import { fileURLToPath } from 'node:url';
import * as finding from '../src/provision/find-nats-server.mjs';
import { installDebianPackages } from './debian.mjs';

const { DEBIAN_PATH, HOW_TO_INSTALL, isExecutable, NatsServerNotFound } = finding;

const options = {
  env: process.env,
  onFetch: (/** @type {string} */ what) => console.error(`fetching a nats-server (${what})`),
};

/** @returns {Promise<string>} the path of a nats-server that can be run */
export async function findNatsServer() {
  try {
    return await finding.findNatsServer(options);
  } catch (error) {
    const installed = process.env['NATS_SERVER'] ? undefined : installFromDebian();
    if (installed !== undefined) return installed;
    throw error instanceof NatsServerNotFound ? new Error(`${error.message}; ${HOW_TO_INSTALL}`) : error;
  }
}

/** @returns {Promise<string | undefined>} the pinned nats-server, from the cache folder or fetched into it */
async function fetchPinned() {
  try {
    return await finding.fetchPinned(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

/** @returns {string | undefined} Debian's nats-server, installed if need be; needs root */
function installFromDebian() {
  if (isExecutable(DEBIAN_PATH)) return DEBIAN_PATH;
  installDebianPackages(['nats-server']);
  return isExecutable(DEBIAN_PATH) ? DEBIAN_PATH : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const which = process.argv[2];
  const path =
    which === 'pinned' ? await fetchPinned() : which === 'debian' ? installFromDebian() : await findNatsServer();
  if (path === undefined) process.exit(1);
  console.log(path);
}
