// The one place where the runtimes differ: neither has a way to read a pipe, woken by the kernel, that the other has too.
// Node's Socket takes the descriptor of a pipe; bun's takes it and never reads. What both have, a stream of node:fs, keeps
// a thread of few waiting for each script, and the scripts beyond those would wait for one another.

import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { closeDescriptor } from './descriptor.ts';

/** What is used of bun, if this runs on it. */
interface BunGlobal {
  Bun?: { file(fd: number): { stream(): ReadableStream } };
}

/**
 * What is written into a pipe, as it comes.
 *
 * @param readFd the pipe's end; closed when the stream has ended or is destroyed, and when there is an error
 * @throws the runtime's error when it cannot be read, as when there are no descriptors left
 */
export async function openPipeReader(readFd: number): Promise<Readable> {
  const { Bun } = globalThis as BunGlobal;
  if (Bun === undefined) return new Socket({ fd: readFd, readable: true, writable: false });
  const stream = Readable.fromWeb(Bun.file(readFd).stream());
  // Bun reads a copy of the descriptor, and closes only that.
  stream.once('error', () => {}).once('close', () => void closeDescriptor(readFd));
  // The copy is made when reading begins. That there can be none has to be known before a script writes into the pipe.
  stream.read(0);
  await new Promise((resolve) => setImmediate(resolve));
  if (stream.errored) throw stream.errored;
  return stream;
}
