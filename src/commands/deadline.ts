import { monotonicMs } from '../signal/clock.ts';

/** The longest that one timer of the runtime can wait, 24.8 days; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A point in time at which to give up. */
export class Deadline {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** how long there is from the start; undefined: no limit */
  readonly withinMs: number | undefined;

  /** @param timeoutMs from now; 0 or undefined: never */
  constructor(timeoutMs: number | undefined) {
    this.withinMs = timeoutMs || undefined;
    if (this.withinMs !== undefined) this.#wait(monotonicMs() + this.withinMs);
  }

  /** aborted when the time has come */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops waiting. */
  dispose(): void {
    clearTimeout(this.#timer);
  }

  #wait(atMs: number): void {
    const leftMs = atMs - monotonicMs();
    if (leftMs <= 0) this.#controller.abort();
    else this.#timer = setTimeout(() => this.#wait(atMs), Math.min(Math.ceil(leftMs), MAX_TIMER_MS));
  }
}
