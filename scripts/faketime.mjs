// Finds libfaketime, with which tests set a program's clock while the program runs.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOTS = ['/usr/lib', '/usr/local/lib'];
/** For programs with threads. */
const LIBRARY = 'libfaketimeMT.so.1';

/** @returns {string | undefined} its path, where Debian's package or its own `make install` puts it */
export function findFaketime() {
  for (const root of ROOTS) {
    const folders = [root, ...list(root).map((name) => join(root, name))].map((folder) => join(folder, 'faketime'));
    const folder = folders.find((candidate) => list(candidate).includes(LIBRARY));
    if (folder !== undefined) return join(folder, LIBRARY);
  }
  return undefined;
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
