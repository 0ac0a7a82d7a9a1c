import type { TransportError } from './errors.ts';
import type { StoreConnection } from './store-connection.ts';
import { notPermitted } from './store-errors.ts';

/** Whether a reader of a stream is to go on, and what interrupts its waiting. */
export class Reading {
  readonly #connection: StoreConnection;
  readonly #signal: AbortSignal | undefined;
  /** ends what the reader waits for; it then looks here */
  interrupt = () => {};
  #closed = false;
  #refused: TransportError | undefined;

  constructor(connection: StoreConnection, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
  }

  close(): void {
    this.#closed = true;
    this.interrupt();
  }

  /**
   * Has everything that matters to the reader interrupt it; returns what ends that.
   *
   * @param asksOn whether it asks for messages on this subject
   */
  watch(asksOn: (subject: string) => boolean): () => void {
    const interrupt = () => this.interrupt();
    const releases = [
      this.#connection.onChange(interrupt),
      this.#connection.onViolation((violation) => {
        if (!asksOn(violation.subject)) return;
        this.#refused = notPermitted(violation);
        interrupt();
      }),
    ];
    this.#signal?.addEventListener('abort', interrupt);
    return () => {
      for (const release of releases) release();
      this.#signal?.removeEventListener('abort', interrupt);
    };
  }

  /**
   * Whether the reader was closed.
   *
   * @throws the signal's reason when it is aborted; TransportError when nothing more can come
   */
  isOver(): boolean {
    if (this.#closed) return true;
    this.#signal?.throwIfAborted();
    if (this.#refused) throw this.#refused;
    this.#connection.throwIfEnded();
    return false;
  }

  /** Whether there is no reason to wait for a message now. */
  get isInterrupted(): boolean {
    return this.#closed || this.#signal?.aborted === true || !this.#connection.connected;
  }
}
