// What a script prints, standard output and error through one pipe in the order written, as much as one message can
// carry. What is beyond is read and counted, so that the script is not held up, and a last line says so.

import type { Readable } from 'node:stream';

/** What a script printed. */
export interface CapturedOutput {
  /** at most as many bytes as were asked for */
  bytes: Uint8Array;
  /** how many the script wrote */
  totalBytes: number;
  cut: boolean;
}

/** How long to read on after the script's exit when something that it left behind keeps the pipe open. */
const GRACE_MS = 500;

const INITIAL_BYTES = 4096;

/** Room for the line that says the output was cut. */
const CUT_LINE_BYTES = 96;

/** Reads the pipe that a script writes to. */
export class Capture {
  readonly #stream: Readable;
  readonly #maxBytes: number;
  /** grows as needed: a chunk each would cost a hundred times the bytes of a script that writes them one by one */
  #kept = Buffer.alloc(INITIAL_BYTES);
  readonly #ended: Promise<void>;
  #keptBytes = 0;
  #totalBytes = 0;

  /**
   * @param stream what the script writes; destroyed when the capture finishes
   * @param maxBytes how much to keep
   */
  constructor(stream: Readable, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#stream = stream;
    this.#ended = new Promise((resolve) => {
      this.#stream.once('end', resolve).once('error', () => resolve());
    });
    this.#stream.on('data', (chunk: Uint8Array) => this.#take(chunk));
  }

  /** Reads what is left after the script's exit: to the end of the pipe, or for half a second. */
  async finish(): Promise<CapturedOutput> {
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS);
    });
    await Promise.race([this.#ended, grace]);
    clearTimeout(timer);
    this.#stream.destroy();
    return this.#result();
  }

  #take(chunk: Uint8Array): void {
    this.#totalBytes += chunk.length;
    const room = this.#maxBytes - this.#keptBytes;
    if (room <= 0) return;
    const kept = chunk.length <= room ? chunk : chunk.subarray(0, room);
    if (this.#keptBytes + kept.length > this.#kept.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#kept.length, this.#keptBytes + kept.length));
      this.#kept.copy(larger);
      this.#kept = larger;
    }
    this.#kept.set(kept, this.#keptBytes);
    this.#keptBytes += kept.length;
  }

  #result(): CapturedOutput {
    const bytes = this.#kept.subarray(0, this.#keptBytes);
    const totalBytes = this.#totalBytes;
    if (totalBytes <= this.#maxBytes) return { bytes, totalBytes, cut: false };
    const end = findCharacterBoundary(bytes, Math.max(0, this.#maxBytes - CUT_LINE_BYTES));
    const line = `\nremaphore: output cut after ${end} of ${totalBytes} bytes\n`;
    return { bytes: Buffer.concat([bytes.subarray(0, end), Buffer.from(line)]), totalBytes, cut: true };
  }
}

/** The nearest place at or before `end` that is not inside a character of UTF-8. */
function findCharacterBoundary(bytes: Uint8Array, end: number): number {
  // A character has at most three continuation bytes (10xxxxxx); more of them are not UTF-8, and any place will do.
  for (let at = end; at > end - 4 && at > 0; at--) {
    if (((bytes[at] as number) & 0xc0) !== 0x80) return at;
  }
  return end;
}
