import type { Delivered } from '../transport/store.ts';

/** So many messages may be under way to be told that they are not acted on. */
const MAX_DISMISSING = 64;

/** Tells the broker of messages that will never pass. Most of what a busy channel has may be for others, and is not worth waiting for each time. */
export class Dismissals {
  readonly #signal: AbortSignal;
  readonly #underWay = new Set<Promise<void>>();

  /** @param signal aborted when nothing is to be told any more */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Resolves when there is room for another. */
  async dismiss(delivered: Delivered): Promise<void> {
    const told = delivered.done(this.#signal).catch(() => {
      // Then it is delivered, and refused, once more.
    });
    this.#underWay.add(told);
    void told.then(() => this.#underWay.delete(told));
    if (this.#underWay.size >= MAX_DISMISSING) await Promise.race(this.#underWay);
  }
}
