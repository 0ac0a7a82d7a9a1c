// Room for what waits, shared by those in whose name it comes. Anybody may write down any known key, so one name may be
// flooded by somebody who does not have it: each may take as much as it would leave free for the others. One flooded name
// fills a half, two of them two thirds, and a name that nobody floods always finds room. Nothing that has been let in is
// thrown out again, so what waits keeps the order in which it came.

interface Held {
  items: number;
  bytes: number;
}

const NOTHING: Held = { items: 0, bytes: 0 };

/** Counts what waits, by owner. */
export class FairRoom {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #held = new Map<string, Held>();
  #items = 0;
  #bytes = 0;

  /** @param maxBytes may be exceeded by one item, of an owner that has no other here: else one that is larger never fits */
  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** how many items are here */
  get items(): number {
    return this.#items;
  }

  /** Lets an item in, unless that would be more than its owner's share: then false. */
  take(owner: string, sizeBytes: number): boolean {
    const { items, bytes } = this.#held.get(owner) ?? NOTHING;
    const freeBytes = this.#maxBytes - this.#bytes;
    if (items >= this.#maxItems - this.#items) return false;
    if (items === 0 ? freeBytes <= 0 : bytes + sizeBytes > freeBytes) return false;
    this.#held.set(owner, { items: items + 1, bytes: bytes + sizeBytes });
    this.#items++;
    this.#bytes += sizeBytes;
    return true;
  }

  /** An item that was let in has gone. */
  give(owner: string, sizeBytes: number): void {
    const { items, bytes } = this.#held.get(owner) ?? NOTHING;
    if (items <= 1) this.#held.delete(owner);
    else this.#held.set(owner, { items: items - 1, bytes: bytes - sizeBytes });
    this.#items--;
    this.#bytes -= sizeBytes;
  }
}
