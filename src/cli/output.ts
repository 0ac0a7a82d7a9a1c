// Standard output and error, written at once so that nothing is lost at the end. A write to a pipe that nobody reads
// blocks, and with it the timeout and the signals: data is written to a descriptor of our own that does not block,
// where one can be had, and what others share is left as it is.

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Output, OutputRecord, TableRow } from '../commands/context.ts';
import { escapeJson, escapeLine, escapeSent } from './escape.ts';
import { StatusLine } from './status.ts';

/** Standard output could not be written: it is closed, not read, or what it goes to is full. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** whether the reader has gone, as in `| head -1` */
  readonly closed: boolean;

  constructor(reason: string, options?: ErrorOptions) {
    super(`standard output could not be written (${reason})`, options);
    this.closed = reason === 'EPIPE';
  }
}

const STDOUT = 1;
const STDERR = 2;

/** Of a terminal that does not know its size. */
const DEFAULT_COLUMNS = 80;

/** How long to wait for a reader that does not keep up before looking again. */
const RETRY_MS = 5;

/** How often to look whether a reader of standard error keeps up: a notice must not hold up the rest for long. */
const STDERR_RETRIES = 100;

/** How a person or a program wants to be spoken to. */
export interface OutputStyle {
  quiet: boolean;
  json: boolean;
}

/** This process's standard output and error. */
export class ProcessOutput implements Output {
  readonly json: boolean;
  readonly #quiet: boolean;
  readonly #status = new StatusLine(writeStderr);
  /** the end of the last write: the next one waits for it, so that they are not mixed */
  #written = Promise.resolve();

  constructor({ quiet, json }: OutputStyle) {
    this.#quiet = quiet;
    this.json = json;
  }

  get columns(): number | undefined {
    // To look at standard output as the runtime has it makes a pipe non-blocking, so not before it is known to be none.
    return isTerminal(STDOUT) ? process.stdout.columns || DEFAULT_COLUMNS : undefined;
  }

  async data(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const isShown = isTerminal(STDOUT);
    await this.#write(isShown ? Buffer.from(escapeSent(Buffer.from(bytes).toString('utf8'))) : bytes, isShown, signal);
  }

  async table(rows: readonly TableRow[]): Promise<void> {
    const isShown = isTerminal(STDOUT);
    const { formatTable } = await import('./table.ts');
    await this.#write(Buffer.from(formatTable(rows, isShown ? STDOUT : undefined)), isShown);
  }

  /** @param shown without anything that a terminal should not obey */
  async #write(shown: Uint8Array, isShown: boolean, signal?: AbortSignal): Promise<void> {
    const written = this.#written.then(() => {
      if (isShown) this.#status.clear();
      return writeData(shown, signal);
    });
    this.#written = written.catch(() => {});
    try {
      await written;
    } catch (error) {
      // Said here, since a command that is being ended may not get to it. A reader that has gone knows.
      if (error instanceof OutputError && !error.closed) this.error(error.message, undefined, { code: 'output' });
      throw error;
    }
  }

  async record(records: OutputRecord | readonly OutputRecord[], signal?: AbortSignal): Promise<void> {
    await this.#write(Buffer.from([records].flat().map(formatJson).join('')), isTerminal(STDOUT), signal);
  }

  notice(text: string, facts?: object): void {
    if (!this.#quiet) this.#say('notice', text, facts);
  }

  warning(text: string, facts?: object): void {
    this.#say('warning', text, facts);
  }

  ignored(text: string, facts?: object): void {
    this.#say('ignored', text, facts);
  }

  error(text: string, hint?: string, facts?: object): void {
    this.#say('error', text, { ...facts, hint });
  }

  status(line: (() => string) | undefined): void {
    if (line === undefined) this.#status.end();
    else if (!this.#quiet && !this.json) this.#status.show(line);
  }

  #say(
    type: 'notice' | 'warning' | 'ignored' | 'error',
    text: string,
    facts: { hint?: string | undefined } = {},
  ): void {
    this.#status.clear();
    if (this.json) {
      writeStderr(formatJson({ type, message: text, ...facts }));
      return;
    }
    writeStderr(`remaphore: ${type === 'notice' ? '' : `${type}: `}${escapeLine(text)}\n`);
    if (facts.hint !== undefined) writeStderr(`remaphore: hint: ${escapeLine(facts.hint)}\n`);
  }
}

function formatJson(value: object): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}

/** Asked when there is something to show: to load node:tty takes longer than to load most of this program. */
function isTerminal(fd: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Opened at the first data, and kept: there may be many. */
let stdout: number | undefined;

async function writeData(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  stdout ??= openNonBlocking(STDOUT) ?? STDOUT;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stdout, bytes, at);
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') throw new OutputError(code, { cause: error });
      if (signal?.aborted) throw new OutputError(`nobody read it; ${bytes.length - at} bytes are lost`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/**
 * A descriptor for the same pipe or terminal that does not block. A file must be written by the descriptor there is,
 * which knows the place in it; and where a pipe cannot be opened by name, as for another user's, it blocks.
 */
function openNonBlocking(fd: number): number | undefined {
  try {
    const stats = fstatSync(fd);
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return undefined;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}

/** Writes to standard error, or gives up on a reader that does not read. */
function writeStderr(text: string): void {
  const bytes = Buffer.from(text);
  const own = openNonBlocking(STDERR);
  try {
    for (let at = 0, retries = 0; at < bytes.length && retries < STDERR_RETRIES; ) {
      try {
        at += writeSync(own ?? STDERR, bytes, at);
      } catch (error) {
        // If it cannot be written there is nowhere left to say so.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        retries++;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  } finally {
    if (own !== undefined) closeSync(own);
  }
}
