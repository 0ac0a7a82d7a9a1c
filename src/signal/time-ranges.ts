// Which times there were, without keeping each: as ranges, of which there are few. Two that are near become one, and beyond
// the limit the two with the least between them do. So what is said to have been there may not have been, and never the
// other way; and a clock that was set far ahead and back leaves a range of its own there, with nothing said of the time
// between.

/** What a clock that is set leaves: one range for each stretch that it has told, and room for pauses in what came. */
const MAX_RANGES = 64;

interface Range {
  fromMs: number;
  toMs: number;
}

/** A set of times, in a few words. */
export class TimeRanges {
  readonly #nearMs: number;
  readonly #maxRanges: number;
  /** in order, with more than `nearMs` between them */
  readonly #ranges: Range[] = [];

  /**
   * @param nearMs times that are no further apart belong together
   * @param maxRanges how many ranges there are at most
   */
  constructor(nearMs: number, maxRanges = MAX_RANGES) {
    this.#nearMs = nearMs;
    this.#maxRanges = maxRanges;
  }

  /** Whether a time may have been added; one that was has been for certain. */
  has(timeMs: number): boolean {
    return this.#ranges.some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs <= toMs);
  }

  add(timeMs: number): void {
    const ranges = this.#ranges;
    // The first that does not end too early to be near; mostly it is the last one, which grows.
    let at = ranges.length;
    while (at > 0 && (ranges[at - 1] as Range).toMs + this.#nearMs >= timeMs) at--;
    const range = ranges[at];
    if (range === undefined || range.fromMs - this.#nearMs > timeMs) {
      ranges.splice(at, 0, { fromMs: timeMs, toMs: timeMs });
      if (ranges.length > this.#maxRanges) this.#joinNearest();
      return;
    }
    range.fromMs = Math.min(range.fromMs, timeMs);
    range.toMs = Math.max(range.toMs, timeMs);
    const next = ranges[at + 1];
    if (next !== undefined && next.fromMs - range.toMs <= this.#nearMs) this.#join(at);
  }

  #joinNearest(): void {
    const gaps = this.#ranges.slice(1).map(({ fromMs }, i) => fromMs - (this.#ranges[i] as Range).toMs);
    this.#join(gaps.indexOf(Math.min(...gaps)));
  }

  /** Makes one of a range and the one after it. */
  #join(at: number): void {
    const [first, second] = this.#ranges.slice(at, at + 2) as [Range, Range];
    this.#ranges.splice(at, 2, { fromMs: first.fromMs, toMs: second.toMs });
  }
}
