import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Output } from '../commands/context.ts';
import { escapeControls, escapeLine } from './escape.ts';

/** Standard output could not be written: it is closed, or what it goes to is full. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** whether the reader has gone, as in `| head -1` */
  readonly closed: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`standard output could not be written (${cause.code ?? cause.message})`, { cause });
    this.closed = cause.code === 'EPIPE';
  }
}

const STDOUT = 1;
const STDERR = 2;

/** How long to wait for a reader that does not keep up, when somebody made the descriptor non-blocking. */
const RETRY_MS = 5;

/** This process's standard output and error, written at once so that nothing is lost at the end. */
export class ProcessOutput implements Output {
  readonly #quiet: boolean;
  readonly #isTerminal = isatty(STDOUT);

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  data(bytes: Uint8Array): void {
    const shown = this.#isTerminal ? Buffer.from(escapeControls(Buffer.from(bytes).toString('utf8'))) : bytes;
    try {
      writeAll(STDOUT, shown);
    } catch (error) {
      throw new OutputError(error as NodeJS.ErrnoException);
    }
  }

  notice(text: string): void {
    if (!this.#quiet) this.#say(text);
  }

  warning(text: string): void {
    this.#say(`warning: ${text}`);
  }

  error(text: string, hint?: string): void {
    this.#say(`error: ${text}`);
    if (hint !== undefined) this.#say(`hint: ${hint}`);
  }

  #say(text: string): void {
    try {
      writeAll(STDERR, Buffer.from(`remaphore: ${escapeLine(text)}\n`));
    } catch {
      // There is nowhere left to say so.
    }
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
