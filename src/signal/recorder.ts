// What was accepted is handed on once it is on the disk, in its order. All that comes while the disk is being written to is
// written at once afterwards: a disk takes as long for one message as for a thousand.

import { Queue } from './queue.ts';

interface Entry<T> {
  item: T;
  hash: Uint8Array | undefined;
}

/** Items on their way to a consumer by way of the disk. */
export class Recorder<T> {
  readonly #write: (hashes: readonly Uint8Array[]) => Promise<void>;
  readonly #handOn: (item: T) => void;
  readonly #waiting = new Queue<Entry<T>>();
  #writing: Promise<void> | undefined;

  /**
   * @param write resolves when it is on the disk
   * @param handOn takes the items, in the order in which they came
   */
  constructor(write: (hashes: readonly Uint8Array[]) => Promise<void>, handOn: (item: T) => void) {
    this.#write = write;
    this.#handOn = handOn;
  }

  /** how many items have not been handed on */
  get size(): number {
    return this.#waiting.size;
  }

  /** resolves once all has been handed on, and rejects as `write` does; undefined: nothing is under way */
  get writing(): Promise<void> | undefined {
    return this.#writing;
  }

  /**
   * Takes an item, which is handed on at once when there is nothing to write of it and nothing is under way.
   *
   * @param hash undefined: there is nothing to write of it
   * @returns what `writing` has become, if this made it begin
   */
  add(item: T, hash: Uint8Array | undefined): Promise<void> | undefined {
    if (this.#writing === undefined && hash === undefined) {
      this.#handOn(item);
      return undefined;
    }
    this.#waiting.push({ item, hash });
    if (this.#writing !== undefined) return undefined;
    this.#writing = this.#run();
    return this.#writing;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const count = this.#waiting.size;
      const batch = Array.from({ length: count }, (_, i) => this.#waiting.at(i)?.hash);
      const hashes = batch.filter((hash) => hash !== undefined);
      if (hashes.length > 0) await this.#write(hashes);
      for (let i = 0; i < count; i++) this.#handOn((this.#waiting.shift() as Entry<T>).item);
    }
    this.#writing = undefined;
  }
}
