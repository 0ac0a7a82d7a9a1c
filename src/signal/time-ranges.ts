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

  /** Adds a time, or all between two. */
  add(fromMs: number, toMs = fromMs): void {
    const ranges = this.#ranges;
    // Those from `start` up to `end` are near; mostly that is the last one, which grows.
    let end = ranges.length;
    while (end > 0 && (ranges[end - 1] as Range).fromMs - this.#nearMs > toMs) end--;
    let start = end;
    while (start > 0 && (ranges[start - 1] as Range).toMs + this.#nearMs >= fromMs) start--;
    const first = ranges[start];
    if (start === end || first === undefined) {
      ranges.splice(start, 0, { fromMs, toMs });
      if (ranges.length > this.#maxRanges) this.#joinNearest();
      return;
    }
    first.fromMs = Math.min(first.fromMs, fromMs);
    first.toMs = Math.max((ranges[end - 1] as Range).toMs, toMs);
    if (end - start > 1) ranges.splice(start + 1, end - start - 1);
  }

  addAll(others: TimeRanges): void {
    for (const { fromMs, toMs } of others.#ranges) this.add(fromMs, toMs);
  }

  #joinNearest(): void {
    const gaps = this.#ranges.slice(1).map(({ fromMs }, i) => fromMs - (this.#ranges[i] as Range).toMs);
    const at = gaps.indexOf(Math.min(...gaps));
    const [first, second] = this.#ranges.slice(at, at + 2) as [Range, Range];
    this.#ranges.splice(at, 2, { fromMs: first.fromMs, toMs: second.toMs });
  }
}
