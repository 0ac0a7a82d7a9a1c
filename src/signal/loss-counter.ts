import type { OnNotice } from './notice.ts';

/** Told one by one up to this many of a kind; a flood must not become a flood of notices. */
const TOLD_EACH = 10;

/** Tells about what is dropped: the first of each kind one by one, the rest as a number at the end. */
export class LossCounter {
  readonly #onNotice: OnNotice;
  readonly #counts = new Map<string, number>();

  constructor(onNotice: OnNotice) {
    this.#onNotice = onNotice;
  }

  /**
   * Counts one loss.
   *
   * @param kind what was lost and why, in words that also stand after a number
   * @param detail whatever else is known of this one; holds no payload
   */
  count(kind: string, detail = ''): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= TOLD_EACH) this.#onNotice({ kind: 'loss', text: `${kind}${detail && `: ${detail}`}` });
  }

  /** Tells how many more there were than were told one by one. */
  finish(): void {
    for (const [kind, count] of this.#counts) {
      if (count > TOLD_EACH) this.#onNotice({ kind: 'loss', text: `${kind}: ${count} in all` });
    }
    this.#counts.clear();
  }
}
