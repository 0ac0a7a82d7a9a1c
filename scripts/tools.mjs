// Installs what some tests need besides node and a nats-server: the shells that completion is for, what reads manuals, and
// what sets clocks or makes networks that can be cut. Fails if something is missing in the end.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebianPackages } from './debian.mjs';
import { findFaketime } from './faketime.mjs';

/** No program: it is loaded into one. */
const FAKETIME = 'libfaketime';

/** @type {Record<string, string>} each program, and Debian's package of it */
const TOOLS = {
  zsh: 'zsh',
  fish: 'fish',
  man: 'man-db',
  mandoc: 'mandoc',
  ip: 'iproute2',
  nsenter: 'util-linux',
  [FAKETIME]: 'libfaketime',
};

/** @returns {string[]} what is missing and could not be installed */
export function installTools() {
  const missing = listMissing();
  if (missing.length > 0) installDebianPackages(missing.map((name) => TOOLS[name] ?? name));
  return listMissing();
}

function listMissing() {
  return Object.keys(TOOLS).filter((name) => (name === FAKETIME ? findFaketime() === undefined : !isOnPath(name)));
}

/** @param {string} name */
function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = installTools();
  if (missing.length > 0) {
    console.error(`not installed, which takes root on Debian: ${missing.join(', ')}`);
    process.exit(1);
  }
}
