// A flood of messages that are not acted on does not become a flood of lines.

import type { Refused } from '../signal/acceptance.ts';
import { monotonicMs } from '../signal/clock.ts';
import type { Output } from './context.ts';
import { type ExplainSettings, explain, toFacts } from './explanation.ts';

/** Lines in a second at most. */
const MAX_LINES = 20;
const SECOND_MS = 1000;

/** Says of each message that is not acted on which check refused it, up to 20 a second, and how many more there were. */
export class Explainer {
  readonly #output: Output;
  readonly #settings: ExplainSettings;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #untold = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output, settings: ExplainSettings) {
    this.#output = output;
    this.#settings = settings;
  }

  /** Takes one; `describe` is only called when there will be a line. */
  take(describe: () => Refused): void {
    const nowMs = monotonicMs();
    if (nowMs >= this.#windowEndMs) {
      this.finish();
      this.#windowEndMs = nowMs + SECOND_MS;
      this.#lines = 0;
    }
    if (this.#lines >= MAX_LINES) {
      this.#untold++;
      this.#timer ??= setTimeout(() => this.finish(), this.#windowEndMs - nowMs).unref();
      return;
    }
    this.#lines++;
    const refused = describe();
    this.#output.ignored(explain(refused, this.#settings), toFacts(refused));
  }

  /** Tells how many there were that have not been told. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untold > 0) this.#output.ignored(`${this.#untold} more in the same second`, { count: this.#untold });
    this.#untold = 0;
  }
}
