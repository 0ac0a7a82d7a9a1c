// What a person at a terminal is told while a command waits.

import type { Barrier } from '../coordination/barrier.ts';
import type { Lock } from '../coordination/lock.ts';
import type { SlotClaim } from '../coordination/slot-claim.ts';
import { monotonicMs } from '../signal/clock.ts';
import type { Request } from '../signal/request.ts';
import { formatMs } from './format-time.ts';

/** `3/40 answered, 2.1 s, waiting for com.crypto.us.n7 and 36 more`, each time as it is then. */
export function requestStatus(request: Request): () => string {
  const elapsed = stopwatch();
  const known = request.responders.length;
  return () => {
    const [first, ...others] = request.missing;
    const answered = `${known - (first === undefined ? 0 : others.length + 1)}/${known} answered, ${elapsed()}`;
    if (first === undefined) return answered;
    return `${answered}, waiting for ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  };
}

/**
 * For how long a receiver has waited, and for what: `2.1 s of 10 m, 2 of 3, waiting for upload_done`.
 *
 * @param came how many have come, where that is worth saying
 */
export function receiveStatus(
  what: string,
  timeoutMs: number | undefined,
  came: () => string | undefined = () => undefined,
): () => string {
  const elapsed = stopwatch();
  return () => {
    const count = came();
    const of = timeoutMs ? ` of ${formatMs(timeoutMs)}` : '';
    // What it waits for comes last: a narrow terminal cuts it.
    return `${elapsed()}${of}${count === undefined ? '' : `, ${count}`}, waiting for ${what}`;
  };
}

/** How a lock is waited for: `waiting for lock backup, 2nd in the queue, held by com.crypto.n7, 2.1 s of 10 m`. */
export function lockStatus(lock: Lock, claim: SlotClaim, timeoutMs: number | undefined): () => string {
  const elapsed = stopwatch();
  return () => {
    const place = lock.queue().findIndex(({ seq }) => seq === claim.seq);
    const [first, ...others] = lock.holders();
    const queue = place > 0 ? `, ${place} before this one` : '';
    const held = first ? `, held by ${first.party}${others.length > 0 ? ` and ${others.length} more` : ''}` : '';
    return `waiting for lock ${lock.name}${queue}${held}, ${elapsed()}${timeoutMs ? ` of ${formatMs(timeoutMs)}` : ''}`;
  };
}

/** Who is at a barrier: `2/3 arrived, 2.1 s of 10 m, waiting for com.crypto.n7`. */
export function barrierStatus(barrier: Barrier, parties: number, timeoutMs: number | undefined): () => string {
  const elapsed = stopwatch();
  return () => {
    const [first, ...others] = barrier.missing;
    const of = timeoutMs ? ` of ${formatMs(timeoutMs)}` : '';
    const missing = first ? `, waiting for ${first}${others.length > 0 ? ` and ${others.length} more` : ''}` : '';
    return `${barrier.arrived.length}/${parties} arrived, ${elapsed()}${of}${missing}`;
  };
}

/** The time since now, with tenths in the first seconds. */
function stopwatch(): () => string {
  const startMs = monotonicMs();
  return () => {
    const seconds = (monotonicMs() - startMs) / 1000;
    return seconds < 9.95 ? `${seconds.toFixed(1)} s` : formatMs(seconds * 1000);
  };
}
