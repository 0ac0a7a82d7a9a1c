// A directory appears with everything in it or not at all. It is filled beside its place under another name that only
// its owner can enter, and renamed. Nothing secret is written before that directory is there.

import { lstatSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ProvisionError } from './errors.ts';

const OWNER_ONLY = 0o700;
const OWNER_READS = 0o600;

/** A file to be written. */
export interface FileText {
  /** relative to the directory; may be below one further directory */
  path: string;
  text: string;
}

/**
 * Makes a directory with files, each readable by its owner only.
 *
 * @param directory absolute path; there may be nothing
 * @param signal gives up when aborted, leaving nothing
 * @throws ProvisionError 'directory' or 'files'; the signal's reason when it is aborted
 */
export async function writeDirectory(
  directory: string,
  files: readonly FileText[],
  signal: AbortSignal | undefined,
): Promise<void> {
  assertAbsent(directory);
  const parent = dirname(directory);
  let staging: string | undefined;
  try {
    staging = await mkdtemp(join(parent, '.remaphore-'));
    await chmod(staging, OWNER_ONLY);
    const below = new Set(files.map(({ path }) => dirname(path)).filter((path) => path !== '.'));
    for (const path of below) await mkdir(join(staging, path), OWNER_ONLY);
    for (const { path, text } of files) {
      signal?.throwIfAborted();
      await writeNew(join(staging, path), text);
    }
    for (const path of ['.', ...below]) await syncDirectory(join(staging, path));
    signal?.throwIfAborted();
    // An empty directory holds the place, and is replaced: what another process made meanwhile is left alone. No signal
    // is dealt with in between.
    mkdirSync(directory, OWNER_ONLY);
    moveInto(staging, directory);
    staging = undefined;
    await syncDirectory(parent);
  } catch (error) {
    signal?.throwIfAborted();
    throw toProvisionError(error, directory);
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

/** @throws ProvisionError 'directory' when there is something of that name, whatever it is */
export function assertAbsent(directory: string): void {
  try {
    lstatSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw toProvisionError(error, directory);
  }
  throw exists(directory);
}

/**
 * Writes a file that is not there yet, to the disk.
 *
 * @param mode default: only its owner may read and write it
 */
export async function writeNew(path: string, text: string | Uint8Array, mode = OWNER_READS): Promise<void> {
  const file = await open(path, 'wx', OWNER_READS);
  try {
    await file.writeFile(text);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the system says about a file, for a person. */
export function toProvisionError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof ProvisionError || code === undefined) return error;
  if (code === 'EEXIST' || code === 'ENOTEMPTY') return exists(path);
  const reason = REASONS[code]?.(path) ?? `cannot be written (${code})`;
  return new ProvisionError('files', `${path}: ${reason}`, undefined, { cause: error });
}

const REASONS: Record<string, ((path: string) => string) | undefined> = {
  ENOENT: (path) => `there is no directory ${dirname(path)} to make it in`,
  ENOTDIR: (path) => `${dirname(path)} is no directory`,
  EACCES: (path) => `this user may not write to ${dirname(path)}`,
  EROFS: () => 'the file system is read-only',
  ENOSPC: () => 'the disk is full; nothing was left behind',
  EDQUOT: () => 'the disk quota is used up; nothing was left behind',
  ENAMETOOLONG: (path) => `the name ${basename(path).length > 40 ? '' : `${basename(path)} `}is too long`,
};

function exists(directory: string): ProvisionError {
  return new ProvisionError(
    'directory',
    `${directory} exists already, and was not touched`,
    'name another directory; remaphore init --add NODE DIR adds a node to one that init made',
  );
}

function moveInto(staging: string, directory: string): void {
  try {
    renameSync(staging, directory);
  } catch (error) {
    rmdirSync(directory);
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
