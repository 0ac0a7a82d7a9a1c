import type { Delivered } from '../transport/store.ts';
import type { ReceivedMessage } from './receive-plan.ts';

/** What becomes of a message that did not end well. */
export type Failure = { kind: 'again'; delayMs: number } | { kind: 'set-aside' };

/** A message that passed every check, and comes again until one of its three ends has been said. */
export interface DurableMessage extends ReceivedMessage {
  /** `<consumer>:<its place in the history>`, by which it can be run again once it is set aside */
  id: string;
  /** which try it is, counted from 1: how often it was delivered, also to who crashed or gave it back */
  attempt: number;
  /** It ended well; resolves when the broker knows. */
  done(): Promise<void>;
  /**
   * It did not: it comes again after a while, or is set aside if this was the last try.
   *
   * @param exitCode a whole number, for people
   * @returns once the broker knows
   */
  failed(exitCode: number): Promise<Failure>;
  /** It was not tried to the end: somebody else may have it at once. */
  giveBack(): Promise<void>;
}

/** How a message ends, for whoever hands it out. */
export interface Endings {
  /** called when it ended well, before the broker is told */
  onDone(signal: AbortSignal): Promise<void>;
  /** called when it failed; what it is told decides */
  onFailed(exitCode: number, signal: AbortSignal): Promise<Failure>;
  /** called when nothing more is to be said of it */
  onEnd(): void;
  /** called when the broker could not be told any more */
  onUntold(): void;
  /** ends what is asked of the broker */
  signal: AbortSignal;
}

/** Gives a message its ends. */
export function toDurable(
  received: ReceivedMessage,
  id: string,
  delivered: Delivered,
  { onDone, onFailed, onEnd, onUntold, signal }: Endings,
): DurableMessage {
  const conclude = async <T>(act: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (!signal.aborted) throw error;
      // Nobody has been told, and so it comes again.
      onUntold();
      return otherwise;
    } finally {
      onEnd();
    }
  };
  return {
    ...received,
    id,
    attempt: delivered.attempt,
    done: () =>
      conclude(async () => {
        await onDone(signal);
        await delivered.done(signal);
      }, undefined),
    failed: (exitCode) =>
      conclude<Failure>(
        async () => {
          const failure = await onFailed(exitCode, signal);
          if (failure.kind === 'again') await delivered.again(failure.delayMs, signal);
          else await delivered.done(signal);
          return failure;
        },
        { kind: 'again', delayMs: 0 },
      ),
    giveBack: () => conclude(() => delivered.again(0, signal), undefined),
  };
}
