// Who adds a node to a network's directory has a directory of its own in it, and keeps others out by that. A process
// that is killed leaves it behind: in it stands which process that was and what it added, so that the same can be
// finished.

import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { toProvisionError } from './directory.ts';
import { ProvisionError } from './errors.ts';

const STAGING = '.remaphore-add';
/** Held for a moment by who clears up after a killed process. */
const GUARD = `${STAGING}-again`;
/** Where in it its owner stands: process number, host, node. */
const OWNER = 'owner';
const OWNER_ONLY = 0o700;

/** The right to change a network's directory. */
export interface Turn {
  /** absolute path of a directory for what is to be put into place; removing it ends the turn */
  staging: string;
  /** whether a process was killed before it had added the same node */
  isResumed: boolean;
}

/**
 * Keeps others out of a network's directory.
 *
 * @param directory absolute path
 * @param node what is to be added
 * @throws ProvisionError 'directory' when another process is at work there, or was killed there with another node
 */
export function takeTurn(directory: string, node: string): Turn {
  const staging = join(directory, STAGING);
  const guard = join(directory, GUARD);
  if (make(staging, node)) return { staging, isResumed: false };
  const abandoned = findAbandoned(staging);
  if (abandoned !== undefined && abandoned !== node) {
    throw new ProvisionError(
      'directory',
      `${directory}: a remaphore init --add ${abandoned} was killed there`,
      `finish that first: remaphore init --add ${abandoned} ${directory}`,
    );
  }
  // Of two that find the same one, the second must not take what the first has made meanwhile for it.
  if (abandoned !== undefined && make(guard)) {
    try {
      if (findAbandoned(staging) === node) {
        rmSync(staging, { recursive: true, force: true });
        if (make(staging, node)) return { staging, isResumed: true };
      }
    } finally {
      rmdirSync(guard);
    }
  }
  throw new ProvisionError(
    'directory',
    `${directory}: another remaphore init --add is at work there`,
    `if none is, one was killed: rm -rf ${staging} ${guard}, and add the same again`,
  );
}

/** @returns false when it is there */
function make(path: string, node?: string): boolean {
  try {
    mkdirSync(path, OWNER_ONLY);
    if (node !== undefined) writeFileSync(join(path, OWNER), `${process.pid} ${hostname()} ${node}`);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw toProvisionError(error, path);
  }
}

/** What a process of this host's added that runs no more; undefined when it may run, or nobody knows. */
function findAbandoned(staging: string): string | undefined {
  let owner: string;
  try {
    owner = readFileSync(join(staging, OWNER), 'utf8');
  } catch {
    return undefined;
  }
  const [, pid, host, node] = /^([1-9]\d*) (\S+) (\S+)$/.exec(owner) ?? [];
  return host === hostname() && !runs(Number(pid)) ? node : undefined;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
