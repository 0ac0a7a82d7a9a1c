// Node gives a child sockets where a shell would give it pipes, and opening /dev/stdin or /dev/stderr then fails with
// ENXIO. It has no call for a pipe either: a FIFO is one, once it is open at both ends and its name is gone.

import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

// Descriptors, not file handles: a socket or a child takes each over, and nothing else may close it later.
const openFile = promisify(open);
const closeFile = promisify(close);

/** Both ends of a pipe, as file descriptors. */
export interface Pipe {
  readFd: number;
  writeFd: number;
}

/** A pipe that nobody else can open: the name it is made under is in a directory of our own and removed at once. */
export async function createPipe(): Promise<Pipe> {
  const directory = await mkdtemp(join(tmpdir(), 'remaphore-'));
  try {
    const path = join(directory, 'pipe');
    await promisify(execFile)('mkfifo', ['-m', '600', path]);
    // Opening one end alone would wait for the other.
    const both = await openFile(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const readFd = await openFile(path, constants.O_RDONLY);
      return { readFd, writeFd: await openFile(path, constants.O_WRONLY) };
    } finally {
      await closeFile(both);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Lets go of one end. */
export async function closeEnd(fd: number): Promise<void> {
  await closeFile(fd);
}
