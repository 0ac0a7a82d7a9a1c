// Node gives a child sockets where a shell would give it pipes, and opening /dev/stderr then fails with ENXIO. It has
// no call for a pipe either: a FIFO is one, once it is open at both ends and its name is gone.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { closeDescriptor, openDescriptor } from './descriptor.ts';
import { makeNameless } from './temporary.ts';

/** Both ends of a pipe, as file descriptors. */
export interface Pipe {
  readFd: number;
  writeFd: number;
}

/** A pipe that nobody else can open. */
export async function createPipe(): Promise<Pipe> {
  return makeNameless(async (path) => {
    await makeFifo(path);
    // Opening one end alone would wait for the other.
    const both = await openDescriptor(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const readFd = await openDescriptor(path, constants.O_RDONLY);
      try {
        return { readFd, writeFd: await openDescriptor(path, constants.O_WRONLY) };
      } catch (error) {
        await closeDescriptor(readFd);
        throw error;
      }
    } finally {
      await closeDescriptor(both);
    }
  });
}

async function makeFifo(path: string): Promise<void> {
  // Without descriptors of its own: node would leak them if it runs out of them here.
  const child = spawn('mkfifo', ['-m', '600', path], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('mkfifo failed');
}
