// What was accepted is remembered for as long as its bytes could be accepted again. Two rules keep that exact:
// nothing inside the window is forgotten to make room, and if the clock is set, a message that bears a time of which some
// were forgotten counts as seen, because it may have been. Only that time, and not all before it: a clock that was an hour
// ahead when messages came, and is set right, must not make this host deaf for the next hour.

import { TimeRanges } from './time-ranges.ts';

/** Entries at most: with the default skew that is 87,000 messages a second, in about 60 MB. */
const MAX_ENTRIES = 524_288;

/** What a memory says of a message; `delivered`: it came, and was acted on, by another way, and this is its other copy. */
export type Recollection = 'new' | 'seen' | 'full' | 'delivered';

/** What a receiver remembers of the messages that it acted on. */
export interface Memory {
  /** Whether a message may be new; no new one is recorded. */
  recall(hash: Uint8Array, timeMs: number, nowMs: number): Recollection;
  /** Records a message that is new; the answer says whether it was. */
  record(hash: Uint8Array, timeMs: number, nowMs: number): Recollection;
  /** When a message was recorded, Unix time in milliseconds; undefined when that is not remembered. */
  firstSeenMs(hash: Uint8Array): number | undefined;
}

/** The hashes of accepted messages, each for as long as the message is inside the window of time. */
export class ReplayMemory implements Memory {
  readonly #windowMs: number;
  readonly #maxEntries: number;
  /** hash as latin1 text → when it was recorded and what time the message bears, both in Unix milliseconds */
  readonly #seen = new Map<string, { recordedMs: number; timeMs: number }>();
  readonly #wasAccepted: (hash: Uint8Array) => boolean;
  /** the times that forgotten messages bear */
  readonly #forgotten: TimeRanges;

  /**
   * @param skewMs how far a message's time may be from the clock
   * @param maxEntries how many messages to remember at most
   * @param wasAccepted whether a message was accepted before this memory began
   */
  constructor(skewMs: number, maxEntries = MAX_ENTRIES, wasAccepted: (hash: Uint8Array) => boolean = () => false) {
    // A message may bear a time that is the skew ahead, and is acceptable until the skew has passed after that.
    this.#windowMs = 2 * skewMs;
    this.#wasAccepted = wasAccepted;
    this.#maxEntries = maxEntries;
    this.#forgotten = new TimeRanges(this.#windowMs);
  }

  /** Whether a message may be new; nothing is recorded. */
  recall(hash: Uint8Array, timeMs: number, nowMs: number): Recollection {
    this.#forget(nowMs);
    if (this.#forgotten.has(timeMs) || this.#seen.has(toKey(hash)) || this.#wasAccepted(hash)) return 'seen';
    return this.#seen.size >= this.#maxEntries ? 'full' : 'new';
  }

  /** Records a message unless it was seen or the memory is full; the answer says which. */
  record(hash: Uint8Array, timeMs: number, nowMs: number): Recollection {
    const recollection = this.recall(hash, timeMs, nowMs);
    if (recollection === 'new') this.#seen.set(toKey(hash), { recordedMs: nowMs, timeMs });
    return recollection;
  }

  /** When a message was recorded, Unix time in milliseconds; undefined when it is not, or no longer, remembered. */
  firstSeenMs(hash: Uint8Array): number | undefined {
    return this.#seen.get(toKey(hash))?.recordedMs;
  }

  #forget(nowMs: number): void {
    for (const [key, { recordedMs, timeMs }] of this.#seen) {
      // Also one that came when the clock was far ahead: it would keep all behind it from being forgotten.
      if (Math.abs(nowMs - recordedMs) <= this.#windowMs) return;
      this.#seen.delete(key);
      this.#forgotten.add(timeMs);
    }
  }
}

function toKey(hash: Uint8Array): string {
  return Buffer.from(hash).toString('latin1');
}
