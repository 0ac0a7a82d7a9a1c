/** So many empty places in front are not worth giving back. */
const FEW_EMPTY = 1024;

/** First in, first out, in the same time for each item on average however many there are: an array moves all others up. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The item at a place, counted from the first; undefined when there is none. */
  at(place: number): T | undefined {
    return this.#items[this.#head + place];
  }

  /** Takes the first item out; undefined when there is none. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.size === 0) this.clear();
    else if (this.#head > FEW_EMPTY && this.#head > this.size) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
