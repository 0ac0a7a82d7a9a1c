import { Queue } from './queue.ts';

/** Items on their way to one consumer, who takes them with `for await`. */
export class Inbox<T> implements AsyncIterableIterator<T> {
  readonly #items = new Queue<T>();
  readonly #onReturn: () => void;
  readonly #onTake: (item: T) => void;
  readonly #waiting: (() => void)[] = [];
  #ended = false;
  #error: Error | undefined;

  /**
   * @param onReturn called once when the consumer leaves early
   * @param onTake called with each item that the consumer takes
   */
  constructor(onReturn: () => void = () => {}, onTake: (item: T) => void = () => {}) {
    this.#onReturn = onReturn;
    this.#onTake = onTake;
  }

  /** how many items the consumer has not taken yet */
  get size(): number {
    return this.#items.size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wake();
  }

  /** Ends the iteration once the items there have been taken; with an error, by throwing it. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async next(): Promise<IteratorResult<T>> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#onTake(item);
        return { done: false, value: item };
      }
      if (this.#error) {
        const error = this.#error;
        this.#error = undefined;
        throw error;
      }
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async return(): Promise<IteratorResult<T>> {
    this.#items.clear();
    this.end();
    this.#onReturn();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
