// Signatures are verified on the thread pool, several at a time, and what was verified is delivered in the order in
// which it arrived. Both the verifications under way and what waits for one are bounded: anybody may send faster than
// signatures can be verified.

import { Queue } from './queue.ts';

/**
 * How many may have been started and not delivered: enough to keep the thread pool busy while the first of them is
 * waited for, and few enough that the consumer has room for all of them at once.
 */
const MAX_STARTED = 256;
/** What may wait for verification. */
const MAX_WAITING = 8192;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

interface Entry<T> {
  item: T;
  sizeBytes: number;
  valid: boolean | undefined;
}

/** Verifies items concurrently and delivers them in order. */
export class OrderedVerifier<T> {
  readonly #verify: (item: T) => Promise<boolean>;
  readonly #deliver: (item: T, valid: boolean) => void;
  readonly #entries = new Queue<Entry<T>>();
  /** how many of the entries, counted from the first, have been started */
  #started = 0;
  #bytes = 0;

  /**
   * @param verify answers whether an item's signature is valid
   * @param deliver takes each item with the answer, in the order of submission
   */
  constructor(verify: (item: T) => Promise<boolean>, deliver: (item: T, valid: boolean) => void) {
    this.#verify = verify;
    this.#deliver = deliver;
  }

  /** how many items have been taken and not delivered */
  get size(): number {
    return this.#entries.size;
  }

  /** what those have */
  get sizeBytes(): number {
    return this.#bytes;
  }

  /** Takes an item, unless too much is waiting: then false, and the item is not taken. */
  submit(item: T, sizeBytes: number): boolean {
    if (this.#entries.size >= MAX_WAITING || this.#bytes + sizeBytes > MAX_WAITING_BYTES) return false;
    this.#entries.push({ item, sizeBytes, valid: undefined });
    this.#bytes += sizeBytes;
    this.#start();
    return true;
  }

  #start(): void {
    while (this.#started < MAX_STARTED && this.#started < this.#entries.size) {
      void this.#run(this.#entries.at(this.#started++) as Entry<T>);
    }
  }

  async #run(entry: Entry<T>): Promise<void> {
    try {
      entry.valid = await this.#verify(entry.item);
    } catch {
      // What cannot be verified is not valid.
      entry.valid = false;
    }
    this.#drain();
    this.#start();
  }

  #drain(): void {
    for (let entry = this.#entries.at(0); entry?.valid !== undefined; entry = this.#entries.at(0)) {
      this.#entries.shift();
      this.#started--;
      this.#bytes -= entry.sizeBytes;
      this.#deliver(entry.item, entry.valid);
    }
  }
}
