// Anybody may write down any name, and only the signature tells who is meant. So what is to be verified waits by the
// name that it claims, and the names take turns: a flood in one name delays that name by its length, and each other name
// by one verification. Of what waits in one name more than there is room for, some is dropped at random: whoever
// floods it cannot choose that it is the honest one, whether he comes before it or behind it.

import { OrderedVerifier } from './ordered-verifier.ts';
import { Queue } from './queue.ts';

/**
 * So many may have been started and not delivered. Few, so that in a flood the thread that reads has the processor before
 * those that verify: what it does not read in time comes late, whosever it is.
 */
const MAX_UNDER_WAY = 64;

/** So many may wait in one name: with those that have been started, a burst of 500 is no loss. */
const MAX_PER_NAME = 512;

/** So many in all names together, about: where more than 32 names wait, fewer in each. One is always allowed. */
const MAX_IN_ALL = 32 * MAX_PER_NAME;

/** In a long flood one of so many is read and takes the place of another: to read each would take the processor. */
const READ_ONE_OF = 16;

/** What an item takes beside its bytes: its parts as objects, and its places in lists. */
const OVERHEAD_BYTES = 1024;

interface Entry<T> {
  item: T;
  sizeBytes: number;
}

interface Lane<T> {
  name: string;
  /** first come, first */
  waiting: Entry<T>[];
  /** with the overhead of each */
  bytes: number;
  /** how many have come while there was no room, since there was last plenty */
  beyond: number;
}

/** What a verifier asks and tells. */
export interface FairVerifierHandlers<T> {
  /** answers whether an item's signature is valid */
  verify(item: T): Promise<boolean>;
  /** takes an item with the answer: one by one in the order of the turns, which is that of arrival for single items */
  deliver(item: T, valid: boolean): void;
  /** told of each item that there is no room for */
  onCrowdedOut(item: T): void;
}

/** Verifies items in turns by the names that they claim. */
export class FairVerifier<T> {
  readonly #handlers: FairVerifierHandlers<T>;
  readonly #shareBytes: number;
  readonly #random: () => number;
  readonly #underWay: OrderedVerifier<T>;
  /** the names that something waits in, or has waited in since their last turn */
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #turns = new Queue<Lane<T>>();

  /**
   * @param shareBytes what may wait in one name, if that is more than one item, and be under way in all: at least as much
   *   as any item has
   * @param random from 0 to below 1
   */
  constructor(handlers: FairVerifierHandlers<T>, shareBytes: number, random = Math.random) {
    this.#handlers = handlers;
    this.#shareBytes = shareBytes;
    this.#random = random;
    this.#underWay = new OrderedVerifier(
      (item) => handlers.verify(item),
      (item, valid) => {
        handlers.deliver(item, valid);
        this.#start();
      },
    );
  }

  /** the bytes of what waits or is under way, without the overhead */
  get sizeBytes(): number {
    let bytes = this.#underWay.sizeBytes;
    for (const lane of this.#lanes.values()) bytes += lane.bytes - OVERHEAD_BYTES * lane.waiting.length;
    return bytes;
  }

  /**
   * Whether the next item that claims a name is worth being read and submitted. Where there is no room it is a draw, at
   * first with the chances of what waits already.
   */
  draw(name: string): boolean {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return true;
    const most = this.#maxPerName();
    if (lane.waiting.length <= most / 2) lane.beyond = 0;
    if (lane.waiting.length < most) return true;
    return this.#random() < Math.max(most / (most + ++lane.beyond), 1 / READ_ONE_OF);
  }

  /** Takes an item that claims a name; whatever there is no room for then is told. */
  submit(name: string, item: T, sizeBytes: number): void {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { name, waiting: [], bytes: 0, beyond: 0 };
      this.#lanes.set(name, lane);
      this.#turns.push(lane);
    }
    lane.waiting.push({ item, sizeBytes });
    lane.bytes += sizeBytes + OVERHEAD_BYTES;
    this.#start();
    this.#makeRoom(lane);
  }

  /** Drops what waits in a name and need not be verified any more; what is under way is delivered all the same. */
  discard(name: string, isObsolete: (item: T) => boolean): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    lane.waiting = lane.waiting.filter(({ item }) => !isObsolete(item));
    lane.bytes = lane.waiting.reduce((bytes, { sizeBytes }) => bytes + sizeBytes + OVERHEAD_BYTES, 0);
  }

  /** Drops all that waits. */
  clear(): void {
    this.#lanes.clear();
    this.#turns.clear();
  }

  #start(): void {
    for (let lane = this.#turns.at(0); lane !== undefined; lane = this.#turns.at(0)) {
      const next = lane.waiting[0];
      if (next !== undefined) {
        if (this.#underWay.size >= MAX_UNDER_WAY || this.#underWay.sizeBytes >= this.#shareBytes) return;
        if (!this.#underWay.submit(next.item, next.sizeBytes)) return;
        this.#remove(lane, 0);
      }
      this.#turns.shift();
      if (lane.waiting.length > 0) this.#turns.push(lane);
      else this.#lanes.delete(lane.name);
    }
  }

  #maxPerName(): number {
    return Math.max(1, Math.min(MAX_PER_NAME, Math.floor(MAX_IN_ALL / this.#turns.size)));
  }

  #makeRoom(lane: Lane<T>): void {
    const most = this.#maxPerName();
    while (lane.waiting.length > most) this.#crowdOut(lane, Math.floor(this.#random() * lane.waiting.length));
    // Large ones make room for small ones: else one of the largest could crowd out everything.
    while (lane.bytes > this.#shareBytes && lane.waiting.length > 1) this.#crowdOut(lane, this.#pickBySize(lane));
  }

  /** A place, with a probability that grows as its size. */
  #pickBySize({ waiting, bytes }: Lane<T>): number {
    let rest = this.#random() * bytes;
    const place = waiting.findIndex(({ sizeBytes }) => {
      rest -= sizeBytes + OVERHEAD_BYTES;
      return rest < 0;
    });
    return place === -1 ? waiting.length - 1 : place;
  }

  #crowdOut(lane: Lane<T>, place: number): void {
    this.#handlers.onCrowdedOut(this.#remove(lane, place));
  }

  #remove(lane: Lane<T>, place: number): T {
    const [entry] = lane.waiting.splice(place, 1) as [Entry<T>];
    lane.bytes -= entry.sizeBytes + OVERHEAD_BYTES;
    return entry.item;
  }
}
