// One input at a time: what comes of it, whether all that is promised holds, and how long it took. The machine's own
// pauses are not the parser's: an input that took longer than any before is parsed again, and its best time counts.

import type { Outcome, Target } from './target.ts';

/** So that who reads beyond an input's ends finds something that matters to most formats. */
const FENCE = Buffer.alloc(16, ',');
/** How often an input that took long is parsed again. */
const AGAIN = 20;
/** Until then functions are still being compiled. */
const WARMING_ROUNDS = 50;

/** An input for which something does not hold. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly input: Uint8Array;

  constructor(message: string, input: Uint8Array, options?: ErrorOptions) {
    super(message, options);
    this.input = Buffer.from(input);
  }
}

/** The trials of one target. */
export class Trials<Result> {
  tried = 0;
  /** the longest time that any input took */
  worstMs = 0;
  worstBytes = 0;
  readonly #target: Target<Result>;

  constructor(target: Target<Result>) {
    this.#target = target;
    for (let round = 0; round < WARMING_ROUNDS; round++) {
      for (const seed of target.seeds().slice(0, 10)) this.#parse(Buffer.from(seed));
    }
  }

  /** @throws Fault */
  try(input: Uint8Array): void {
    this.tried++;
    this.repeat(input);
  }

  /** The same with an input that has been counted. */
  repeat(input: Uint8Array): void {
    // Checked against `exact`; parsed within other bytes, and where those are its results may point to.
    const exact = Buffer.from(input);
    const fenced = Buffer.concat([FENCE, input, FENCE]).subarray(FENCE.length, FENCE.length + input.length);
    const start = performance.now();
    const outcome = this.#parse(fenced);
    const tookMs = performance.now() - start;
    if (tookMs > this.worstMs) this.#timeAgain(fenced, tookMs);
    try {
      if (!fenced.equals(exact)) throw new Error('the input was changed');
      this.#target.check(exact, outcome);
    } catch (error) {
      throw new Fault(`a promise does not hold: ${(error as Error).message}`, input, { cause: error });
    }
  }

  #parse(input: Buffer): Outcome<Result> {
    try {
      return { result: this.#target.parse(input) };
    } catch (error) {
      if (this.#target.isExpected(error)) return { error: error as Error };
      throw new Fault(`an error that is not documented: ${error}`, input, { cause: error });
    }
  }

  #timeAgain(input: Buffer, firstMs: number): void {
    const { limitMs } = this.#target;
    let bestMs = firstMs;
    for (let left = AGAIN; left > 0 && bestMs > this.worstMs; left--) {
      const start = performance.now();
      this.#parse(input);
      bestMs = Math.min(bestMs, performance.now() - start);
    }
    if (bestMs <= this.worstMs) return;
    this.worstMs = bestMs;
    this.worstBytes = input.length;
    if (bestMs > limitMs) throw new Fault(`takes ${bestMs.toFixed(3)} ms, more than ${limitMs} ms`, input);
  }
}
