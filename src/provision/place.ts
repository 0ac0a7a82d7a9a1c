import { linkSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { toProvisionError } from './directory.ts';
import { ProvisionError } from './errors.ts';

/** Where the files that are replaced are kept, so that they can be put back. */
const OLD = 'old';

/** Names of files. */
export interface Placement {
  /** there may be none of that name yet */
  created: readonly string[];
  /** that are replaced */
  changed: readonly string[];
}

/**
 * Puts files into their place, the new ones first and each in its order: all of them, or none. A process that is killed
 * meanwhile leaves the first of them there.
 *
 * @param staging directory on the same file system that holds all of them, and is removed afterwards
 * @param directory where they go
 * @throws ProvisionError naming the file that could not be put there
 */
export function placeFiles(staging: string, directory: string, { created, changed }: Placement): void {
  const old = join(staging, OLD);
  const undo: (() => void)[] = [];
  let place = directory;
  try {
    mkdirSync(old);
    for (const name of changed) {
      place = join(directory, name);
      linkSync(place, join(old, name));
    }
    for (const name of created) {
      place = join(directory, name);
      // Unlike a rename, this replaces nothing.
      linkSync(join(staging, name), place);
      undo.push(() => unlinkSync(join(directory, name)));
    }
    for (const name of changed) {
      place = join(directory, name);
      renameSync(join(staging, name), place);
      undo.push(() => renameSync(join(old, name), join(directory, name)));
    }
  } catch (error) {
    const reason = toProvisionError(error, place);
    if (reason instanceof ProvisionError && !revert(undo)) {
      throw new ProvisionError(reason.code, reason.message, 'add the same again to finish it', { cause: error });
    }
    throw reason;
  }
}

/** @returns whether everything is as it was; if not, what came first is still there */
function revert(undo: readonly (() => void)[]): boolean {
  try {
    for (const step of undo.toReversed()) step();
    return true;
  } catch {
    return false;
  }
}
