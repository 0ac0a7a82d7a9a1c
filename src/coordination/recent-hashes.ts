/** The hashes of messages, each for some time by the clock that the messages come with. */
export class RecentHashes {
  readonly #windowMs: number;
  /** hash → when it was added */
  readonly #added = new Map<string, number>();

  /** @param windowMs how long to remember each */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Adds one; false when it was there. */
  add(hash: string, nowMs: number): boolean {
    for (const [oldest, addedMs] of this.#added) {
      if (nowMs - addedMs <= this.#windowMs) break;
      this.#added.delete(oldest);
    }
    if (this.#added.has(hash)) return false;
    this.#added.set(hash, nowMs);
    return true;
  }
}
