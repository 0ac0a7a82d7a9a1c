// Calls of a broker's streams are asked again until there is an answer: a broker restarts, or a stream has no leader for
// a while, or the connection is lost with the answer. What is asked must come to the same when it is asked twice.

import { orPause } from './pause.ts';
import type { StoreConnection } from './store-connection.ts';
import { isPassing, toStoreError } from './store-errors.ts';

/** How long one attempt may take: the leader that it was meant for may be gone. */
export const ATTEMPT_MS = 2000;
/** Between attempts, with jitter so that clients do not come back all at once. */
const RETRY_DELAY_MS = 200;
const RETRY_JITTER_MS = 100;

/**
 * Does something until the broker has answered.
 *
 * @param about what it is about, for errors
 * @param act one attempt, within ATTEMPT_MS; what it throws that waiting does not change ends it
 * @throws TransportError; the signal's reason when it is aborted
 */
export async function untilAnswered<T>(
  connection: StoreConnection,
  about: string,
  act: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    connection.throwIfEnded();
    if (!connection.connected) {
      await orInterrupted(connection, new Promise<never>(() => {}), signal);
      continue;
    }
    try {
      const outcome = await orInterrupted(connection, act(), signal);
      if (outcome !== undefined) return outcome.value;
    } catch (error) {
      if (!isPassing(error)) throw toStoreError(error, about);
      await pauseBetween(signal);
    }
  }
}

/** Waits as long as between two attempts, or until the signal is aborted. */
export async function pauseBetween(signal: AbortSignal | undefined): Promise<void> {
  await orPause(RETRY_DELAY_MS + Math.random() * RETRY_JITTER_MS, signal);
}

/** What a promise resolves to; undefined when the signal is aborted, or the connection is lost, back or over, before. */
async function orInterrupted<T>(
  connection: StoreConnection,
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<{ value: T } | undefined> {
  let interrupt = () => {};
  const interrupted = new Promise<undefined>((resolve) => {
    interrupt = () => resolve(undefined);
  });
  const release = connection.onChange(interrupt);
  signal?.addEventListener('abort', interrupt);
  try {
    return await Promise.race([promise.then((value) => ({ value })), interrupted]);
  } finally {
    release();
    signal?.removeEventListener('abort', interrupt);
  }
}
