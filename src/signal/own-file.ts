// Files that only this user may have written, opened so that nobody else can have put them there.

import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError } from './state-error.ts';

const OWNER_ONLY = 0o600;
const FOR_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
/** In such a directory only its owner can replace a file, as in /tmp. */
const STICKY = 0o1000;
/** A symbolic link may lead anywhere, and a pipe would wait for a writer. */
const OWN = constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file of this user’s for itself alone, and makes it if it is not there.
 *
 * @param flags as of open(2), further ones
 * @returns its descriptor
 * @throws StateError 'state-exposed' when others can write it, read it, or put another in its place; as the system says
 */
export function openOwn(path: string, flags: number): number {
  const file = openSync(path, flags | OWN, OWNER_ONLY);
  const fault = findFault(fstatSync(file)) ?? findPlaceFault(dirname(path));
  if (fault === undefined) return file;
  closeSync(file);
  throw new StateError('state-exposed', path, ...fault);
}

type Fault = [fault: string, hint: string];

function findFault(stats: Stats): Fault | undefined {
  const uid = process.geteuid?.();
  if (!stats.isFile()) return ['it is no file', 'remove what is there'];
  if (uid !== undefined && stats.uid !== uid) {
    return [`it belongs to another user (${stats.uid})`, 'remove it, and find out who put it there'];
  }
  if ((stats.mode & FOR_OTHERS) === 0) return undefined;
  return ['others may open it', 'remove it, or chmod 600 it once you know what it holds'];
}

/** Who can write a directory, or has it, can put other files in it; and who can write the one around it, another directory. */
function findPlaceFault(directory: string): Fault | undefined {
  const uid = process.geteuid?.();
  const own = statSync(directory);
  const around = dirname(directory);
  const { mode, uid: owner } = statSync(around);
  if (uid !== undefined && own.uid !== uid) {
    return [`its directory belongs to another user (${own.uid})`, `remove ${directory}, and find out who made it`];
  }
  if (uid !== undefined && owner !== uid && owner !== 0) {
    return [
      `the directory around its own belongs to another user (${owner})`,
      `chown ${around} to root or to this user`,
    ];
  }
  if ((own.mode & WRITABLE_BY_OTHERS) !== 0) {
    return ['others can put another file in its place', `chmod go-w ${directory}`];
  }
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) {
    return ['others can put another directory in the place of its own', `chmod go-w ${around}, or chmod 1777`];
  }
  return undefined;
}

/** Whether a file that is open is still the one at its path. */
export function isInPlace(file: number, path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino;
}
