/** Where time comes from. */
export interface Clock {
  /** Unix time in milliseconds */
  nowMs(): number;
  /** Unix time in nanoseconds for a message to be sent: larger at every call, unless the clock was set back by more than a second */
  nextTimeNs(): bigint;
}

/**
 * So far the times of messages may be ahead of a clock that was set back. Beyond that they follow it: one that was an hour
 * ahead when a reply was signed, and then set right, would otherwise have every reply of the next hour refused as too new.
 */
const MAX_AHEAD_NS = 1_000_000_000n;

/** The clock of this machine. */
export function createSystemClock(): Clock {
  let lastNs = 0n;
  return {
    nowMs: Date.now,
    nextTimeNs() {
      // Wall time comes in milliseconds. The digits below are the monotonic clock's: real enough that two processes
      // hardly ever make equal bytes, which would count as a replay.
      const ns = BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
      lastNs = ns > lastNs || lastNs - ns > MAX_AHEAD_NS ? ns : lastNs + 1n;
      return lastNs;
    },
  };
}

/** Milliseconds by a clock that is never set, from an arbitrary start; the runtime's `performance` would have to be loaded. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
