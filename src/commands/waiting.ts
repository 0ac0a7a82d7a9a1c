// What a person at a terminal is told while a command waits.

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

/** The time since now, with tenths in the first seconds. */
function stopwatch(): () => string {
  const startMs = monotonicMs();
  return () => {
    const seconds = (monotonicMs() - startMs) / 1000;
    return seconds < 9.95 ? `${seconds.toFixed(1)} s` : formatMs(seconds * 1000);
  };
}
