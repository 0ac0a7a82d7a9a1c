// Two durable consumers whose messages are dealt with in one place, one by one. Each is asked for a message only while
// somebody waits for one here: what comes from the second when the first was quicker would lie here, and others could have
// it. To ask and to take back the question for every message would be dear, so a question may stand for a moment while
// nobody waits, and what it brings is handed out next, or given back.

import type { Delivered, DurableReader } from '../transport/store.ts';

/** So long may a question stand, or its answer lie here, while nobody waits. */
const STANDING_MS = 1000;

/** What was delivered, by which consumer. */
export interface Taken<Source extends string> {
  source: Source;
  delivered: Delivered;
  /** Ends that the broker is told again and again that it is being dealt with. */
  release: () => void;
}

interface Question {
  stop: AbortController;
  answer: Promise<void>;
}

/** What several consumers deliver. */
export class Intake<Source extends string> {
  readonly #readers: Map<Source, DurableReader>;
  readonly #asked = new Map<Source, Question>();
  #lying: Taken<Source>[] = [];
  #error: { reason: unknown } | undefined;
  #wake = () => {};
  #isWaitedFor = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(readers: Record<Source, DurableReader>) {
    this.#readers = new Map(Object.entries(readers) as [Source, DurableReader][]);
  }

  /**
   * The next message, to be taken by one at a time.
   *
   * @returns undefined when it is closed
   * @throws as the readers
   */
  async next(): Promise<Taken<Source> | undefined> {
    clearTimeout(this.#timer);
    this.#isWaitedFor = true;
    try {
      for (;;) {
        if (this.#isClosed) return undefined;
        const taken = this.#lying.shift();
        if (taken) return taken;
        if (this.#error) throw this.#error.reason;
        for (const [source, reader] of this.#readers) this.#ask(source, reader);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#isWaitedFor = false;
      this.#timer = setTimeout(() => this.#withdraw(), STANDING_MS).unref();
    }
  }

  /** Gives back what nobody has taken, and ends. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#withdraw();
    for (const reader of this.#readers.values()) reader.close();
    this.#wake();
  }

  #ask(source: Source, reader: DurableReader): void {
    if (this.#asked.has(source)) return;
    const stop = new AbortController();
    this.#asked.set(source, { stop, answer: this.#take(source, reader, stop.signal) });
  }

  async #take(source: Source, reader: DurableReader, signal: AbortSignal): Promise<void> {
    try {
      const delivered = await reader.next(signal);
      if (delivered === undefined) return;
      this.#lying.push({ source, delivered, release: delivered.keep() });
      // Nobody waits, and nobody has for a while.
      if (signal.aborted && !this.#isWaitedFor) this.#giveBack();
    } catch (reason) {
      this.#error ??= { reason };
    } finally {
      this.#asked.delete(source);
      this.#wake();
    }
  }

  #withdraw(): void {
    for (const { stop } of this.#asked.values()) stop.abort();
    this.#giveBack();
  }

  #giveBack(): void {
    for (const { delivered, release } of this.#lying) {
      release();
      // If the broker does not hear it, it finds out by itself.
      void delivered.again(0, AbortSignal.timeout(STANDING_MS)).catch(() => {});
    }
    this.#lying = [];
  }
}
