// Whether a message that a stream holds is the first of its bytes, or a replay. Only what was stored near its own time is
// ever acted on, and so an earlier copy that counts is at most twice the skew away: a stretch of the stream is enough. It is
// read once, in order, along with what is asked about; for what comes again after a while, a second stretch is read.

import type { ReadMessage, Store, Stored, StreamReader } from '../transport/store.ts';

/** Which stream to look in. */
export interface OccurrenceSource {
  store: Store;
  stream: string;
  subject: string;
  skewMs: number;
  /** A message's hash; undefined: nobody would act on it, nor on a copy stored at the same time. */
  hash(stored: Stored): Uint8Array | undefined;
}

/** What is behind is kept so long: others who share the messages may be slower, and some are tried again. */
const KEPT_MS = 90_000;
const MAX_KEPT = 262_144;
/** A gap of more messages is not read across. */
const MAX_GAP = 1000;
/** Who waits so long for the stream to get somewhere asks whether what is waited for is still there. */
const PATIENCE_MS = 2000;

/** The stored messages of one subject of a stream. */
export class FirstOccurrences {
  readonly #source: OccurrenceSource;
  readonly #signal: AbortSignal;
  #ahead: Stretch | undefined;
  #behind: Stretch | undefined;

  /** @param signal ends the reading when aborted */
  constructor(source: OccurrenceSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /**
   * The first message of these bytes that counts, which may be the one that is asked about.
   *
   * @returns when it was stored, and whether it is an earlier one
   * @throws as the store, or the signal's reason
   */
  async find(stored: Stored, hash: Uint8Array): Promise<{ isEarlier: boolean; storedMs: number }> {
    const stretch = await this.#stretchFor(stored);
    await stretch.readTo(stored);
    const first = stretch.find(hash);
    if (first === undefined || first.seq >= stored.seq) return { isEarlier: false, storedMs: stored.storedMs };
    return { isEarlier: true, storedMs: first.storedMs };
  }

  close(): void {
    this.#ahead?.close();
    this.#behind?.close();
  }

  async #stretchFor(stored: Stored): Promise<Stretch> {
    const fromMs = Math.max(0, stored.storedMs - 2 * this.#source.skewMs);
    const open = () => Stretch.open(this.#source, fromMs, this.#signal);
    if (this.#ahead === undefined || this.#ahead.isFarBehind(stored, fromMs)) {
      this.#ahead?.close();
      this.#ahead = await open();
      return this.#ahead;
    }
    if (fromMs >= this.#ahead.fromMs) return this.#ahead;
    if (this.#behind === undefined || fromMs < this.#behind.fromMs || this.#behind.isFarBehind(stored, fromMs)) {
      this.#behind?.close();
      this.#behind = await open();
    }
    return this.#behind;
  }
}

/** What is known of a stretch of the stream. */
class Stretch {
  /** everything that was stored since then is known, up to `#readSeq` */
  fromMs: number;
  readonly #source: OccurrenceSource;
  readonly #signal: AbortSignal;
  readonly #iterator: AsyncIterator<ReadMessage>;
  readonly #end: () => void;
  /** hash as latin1 text → the first that counts, in the order of the stream */
  readonly #firsts = new Map<string, { seq: number; storedMs: number }>();
  #readSeq = 0;
  #readMs: number;
  #next: Promise<IteratorResult<ReadMessage>> | undefined;

  private constructor(source: OccurrenceSource, fromMs: number, reader: StreamReader, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.fromMs = fromMs;
    this.#readMs = fromMs;
    this.#iterator = reader[Symbol.asyncIterator]();
    this.#end = () => reader.close();
  }

  static async open(source: OccurrenceSource, fromMs: number, signal: AbortSignal): Promise<Stretch> {
    const reader = await source.store.read(source.stream, source.subject, { storedMs: fromMs }, signal);
    return new Stretch(source, fromMs, reader, signal);
  }

  close(): void {
    this.#next?.catch(() => {});
    this.#end();
  }

  /** Whether nothing that was read matters for a message, and what is in between would have to be read for nothing. */
  isFarBehind({ seq }: Stored, fromMs: number): boolean {
    return fromMs > this.#readMs && seq - this.#readSeq > MAX_GAP;
  }

  async readTo(stored: Stored): Promise<void> {
    while (this.#readSeq < stored.seq) {
      const message = await this.#take(stored);
      if (message === undefined) return;
      const hash = this.#source.hash(message);
      const key = hash && toKey(hash);
      const { seq, storedMs } = message;
      if (key !== undefined && !this.#firsts.has(key)) this.#firsts.set(key, { seq, storedMs });
      this.#readSeq = message.seq;
      this.#readMs = message.storedMs;
    }
    this.#forget(stored.storedMs - 2 * this.#source.skewMs - KEPT_MS);
  }

  find(hash: Uint8Array): { seq: number; storedMs: number } | undefined {
    return this.#firsts.get(toKey(hash));
  }

  /** The next message; undefined when the one that is waited for is not there any more. */
  async #take(stored: Stored): Promise<ReadMessage | undefined> {
    const { store, stream } = this.#source;
    for (;;) {
      this.#next ??= this.#iterator.next();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
      });
      const result = await Promise.race([this.#next, patience]).finally(() => clearTimeout(timer));
      if (result !== undefined) {
        this.#next = undefined;
        if (result.done) throw new Error('the reading of a stream ended');
        return result.value;
      }
      // It may have been the last one, and have become too old.
      if ((await store.get(stream, stored.seq, this.#signal)) === undefined) return undefined;
    }
  }

  #forget(beforeMs: number): void {
    for (const [key, { storedMs }] of this.#firsts) {
      if (storedMs >= beforeMs && this.#firsts.size <= MAX_KEPT) return;
      this.#firsts.delete(key);
      this.fromMs = Math.max(this.fromMs, storedMs + 1);
    }
  }
}

function toKey(hash: Uint8Array): string {
  return Buffer.from(hash).toString('latin1');
}
