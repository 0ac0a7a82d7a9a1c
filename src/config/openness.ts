// Who else than its owner can read or write a file that holds secrets, or that decides whom this host trusts.

import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Oddity } from './oddities.ts';

const READABLE_BY_ALL = 0o004;
const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
/** In such a directory only its owner can replace a file, as in /tmp. */
const STICKY = 0o1000;

/**
 * Whether everybody can read a file that holds a secret.
 *
 * @param holds what it holds: `private keys`
 * @returns nothing when they cannot, or when it is no file: whoever reads it for its contents says so
 */
export function findReadByAll(path: string, holds: string): Oddity | undefined {
  const stats = statFile(path);
  if (stats === undefined || (stats.mode & READABLE_BY_ALL) === 0) return undefined;
  return {
    where: undefined,
    message: `holds ${holds} and can be read by everybody on this machine`,
    advice: `chmod o-rwx ${path}`,
  };
}

/**
 * Who else can write a file, or put another one in its place.
 *
 * @param decides what whoever writes it decides: `whom this host trusts`
 */
export function findWrittenByOthers(path: string, decides: string): Oddity[] {
  const stats = statFile(path);
  if (stats === undefined) return [];
  const oddities: Oddity[] = [];
  const add = (message: string, advice: string) => oddities.push({ where: undefined, message, advice });
  if ((stats.mode & WRITABLE_BY_ALL) !== 0) {
    add(`everybody on this machine can write it, and decide ${decides}`, `chmod go-w ${path}`);
  } else if ((stats.mode & WRITABLE_BY_GROUP) !== 0) {
    add(`its group (${stats.gid}) can write it, and decide ${decides}`, `chmod g-w ${path}`);
  }
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    add(`it belongs to another user (${stats.uid}), who decides ${decides}`, `chown it to root or to this user`);
  }
  const directory = dirname(path);
  const { mode } = statSync(directory);
  if ((mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0) {
    add(`everybody can put another file in its place, in ${directory}`, `chmod o-w ${directory}`);
  }
  return oddities;
}

/** undefined when it is no file or cannot be looked at. */
function statFile(path: string): Stats | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats : undefined;
  } catch {
    return undefined;
  }
}
