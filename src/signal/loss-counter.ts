import type { OnNotice } from './notice.ts';

/** Told one by one up to this many of a kind; a flood must not become a flood of notices. */
const TOLD_EACH = 10;

/** After that the number is told at most once in this time, while there are more. */
const TELL_INTERVAL_MS = 60_000;

/** Tells about what is dropped: the first of each kind one by one, then how many now and again, and at the end. */
export class LossCounter {
  readonly #onNotice: OnNotice;
  readonly #nowMs: () => number;
  readonly #kinds = new Map<string, { count: number; toldCount: number; toldMs: number }>();

  /** @param nowMs a clock that is never set, in milliseconds */
  constructor(onNotice: OnNotice, nowMs = () => performance.now()) {
    this.#onNotice = onNotice;
    this.#nowMs = nowMs;
  }

  /**
   * Counts one loss.
   *
   * @param kind what was lost and why, in words that also stand before a number
   * @param detail whatever else is known of this one; holds no payload
   */
  count(kind: string, detail = ''): void {
    const entry = this.#kinds.get(kind) ?? { count: 0, toldCount: 0, toldMs: 0 };
    this.#kinds.set(kind, entry);
    entry.count++;
    if (entry.count <= TOLD_EACH) {
      this.#onNotice({ kind: 'loss', text: `${kind}${detail && `: ${detail}`}` });
      entry.toldCount = entry.count;
      entry.toldMs = this.#nowMs();
    } else if (this.#nowMs() - entry.toldMs >= TELL_INTERVAL_MS) {
      this.#tell(kind, entry);
    }
  }

  /** Tells how many there were in all where that has not been said. */
  finish(): void {
    for (const [kind, entry] of this.#kinds) if (entry.count > entry.toldCount) this.#tell(kind, entry);
    this.#kinds.clear();
  }

  #tell(kind: string, entry: { count: number; toldCount: number; toldMs: number }): void {
    this.#onNotice({ kind: 'loss', text: `${kind}: ${entry.count} in all` });
    entry.toldCount = entry.count;
    entry.toldMs = this.#nowMs();
  }
}
