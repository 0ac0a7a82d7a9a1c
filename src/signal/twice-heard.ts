// With --since each message is heard twice: as it is published, and from the stream that keeps it, whichever comes first.
// The first of the two is acted on. In the stream the first occurrence of a message's bytes counts and any further one is
// a replay, whatever the clock says; of what arrives live, a copy of anything heard before is not acted on.
//
// Nothing is forgotten while it could still be accepted: a message that bears a time of at most `now + skew` is refused as
// too old once `since` has passed after that.

import { HashSet } from './hash-set.ts';
import type { Memory, Recollection } from './replay-memory.ts';
import { TimeRanges } from './time-ranges.ts';

/** Times that are no further apart are remembered as one stretch. */
const NEAR_MS = 60_000;

/** What came within some time, and which times it bears. */
interface Generation {
  hashes: HashSet;
  times: TimeRanges;
  startedMs: number;
}

function createGeneration(startedMs: number): Generation {
  return { hashes: new HashSet(), times: new TimeRanges(NEAR_MS), startedMs };
}

/** The hashes of accepted messages, each for as long as asked at least. */
class RecentHashes {
  readonly #keepMs: number;
  #current = createGeneration(Number.NEGATIVE_INFINITY);
  #previous = this.#current;
  /** what bears one of these times may have been here, and is forgotten */
  readonly forgotten = new TimeRanges(NEAR_MS);

  /** @param keepMs how long each is kept after it came, in milliseconds */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  has(hash: Uint8Array): boolean {
    return this.#current.hashes.has(hash) || this.#previous.hashes.has(hash);
  }

  /**
   * @param timeMs what the message bears
   * @param nowMs when it came
   */
  add(hash: Uint8Array, timeMs: number, nowMs: number): void {
    if (nowMs - this.#current.startedMs > this.#keepMs) {
      this.forgotten.addAll(this.#previous.times);
      this.#previous = this.#current;
      this.#current = createGeneration(nowMs);
    }
    this.#current.hashes.add(hash);
    this.#current.times.add(timeMs);
  }
}

/** What a receiver remembers that hears everything twice. */
export class TwiceHeard {
  readonly #stored: RecentHashes;
  readonly #live: RecentHashes;
  readonly #asOf: (nowMs: number) => number;
  readonly #wasAccepted: (hash: Uint8Array) => boolean;

  /**
   * @param keepMs for how long a message can be accepted after it came at most, in milliseconds
   * @param asOf the time that counts instead of now while what is older is still being read
   * @param wasAccepted whether a message was accepted before this memory began, which what arrives is asked
   */
  constructor(
    keepMs: number,
    asOf: (nowMs: number) => number,
    wasAccepted: (hash: Uint8Array) => boolean = () => false,
  ) {
    this.#wasAccepted = wasAccepted;
    this.#stored = new RecentHashes(keepMs);
    this.#live = new RecentHashes(keepMs);
    this.#asOf = asOf;
  }

  /** for what arrives as it is published */
  readonly live: Memory = {
    recall: (hash, timeMs) => this.#recallLive(hash, timeMs),
    record: (hash, timeMs, nowMs) => {
      const recollection = this.#recallLive(hash, timeMs);
      if (recollection === 'new') this.#live.add(hash, timeMs, this.#asOf(nowMs));
      return recollection;
    },
    firstSeenMs: () => undefined,
  };

  /** for what the stream holds, in its order */
  readonly stored: Memory = {
    recall: (hash, timeMs, nowMs) => this.#recallStored(hash, timeMs, nowMs),
    record: (hash, timeMs, nowMs) => {
      const recollection = this.#recallStored(hash, timeMs, nowMs);
      if (recollection === 'new') this.#stored.add(hash, timeMs, this.#asOf(nowMs));
      return recollection;
    },
    firstSeenMs: () => undefined,
  };

  #recallLive(hash: Uint8Array, timeMs: number): Recollection {
    if (this.#isForgotten(timeMs) || this.#live.has(hash) || this.#stored.has(hash)) return 'delivered';
    return this.#wasAccepted(hash) ? 'seen' : 'new';
  }

  #recallStored(hash: Uint8Array, timeMs: number, nowMs: number): Recollection {
    if (this.#isForgotten(timeMs) || this.#stored.has(hash)) return 'seen';
    if (!this.#live.has(hash)) return 'new';
    // Equal bytes have passed every check. From here on the stream has had them once.
    this.#stored.add(hash, timeMs, this.#asOf(nowMs));
    return 'delivered';
  }

  /** Only when a clock is set is what is forgotten not too old. */
  #isForgotten(timeMs: number): boolean {
    return this.#stored.forgotten.has(timeMs) || this.#live.forgotten.has(timeMs);
  }
}
