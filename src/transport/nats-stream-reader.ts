// Reading a stream in order. Each time anything is out of order (the connection was lost, heartbeats are missing, a
// delivery was skipped, the consumer is gone with its broker) the broker is asked for a new consumer behind the last
// message that was read. The library's own ordered consumers begin again too, but at the wrong place if they were to begin at
// a time, and while a reader pauses they ask for more and more.
//
// In a cluster a consumer can be with a replica that lags behind. It then counts too little as pending, and takes a place
// that it has not reached for its end. So what is before the place is passed over here, and the last message is asked
// of the stream's leader.

import { randomBytes } from 'node:crypto';
import { AckPolicy, type ConsumerInfo } from '@nats-io/jetstream';
import type { JetStream } from './jetstream.ts';
import { takeInOrder } from './ordered-messages.ts';
import { Reading } from './reading.ts';
import type { ReadFrom, ReadMessage, StreamReader } from './store.ts';
import { untilAnswered } from './store-call.ts';
import { fromStoredMessage, isBefore, startAt } from './stored.ts';

/** The broker forgets a consumer that nobody has asked for so long. */
const FORGET_MS = 30_000;
/** So long a message that is there may take to come. */
const STALL_MS = 3000;
const NS_PER_MS = 1e6;

/** What is read. */
interface ReadOptions {
  stream: string;
  subject: string | undefined;
  from: ReadFrom;
  signal: AbortSignal | undefined;
}

/** A stream's messages, to be taken once. */
export class NatsStreamReader implements StreamReader {
  readonly #jetStream: JetStream;
  readonly #options: ReadOptions;
  readonly #reading: Reading;
  /** where the next consumer starts */
  #from: ReadFrom;
  #consumer: ConsumerInfo | undefined;
  #pending = 0;
  /** of the subject, by the stream's leader; 0: there is none from the first place on */
  #lastSeq = 0;
  #stallTimer: NodeJS.Timeout | undefined;

  private constructor(jetStream: JetStream, options: ReadOptions) {
    this.#jetStream = jetStream;
    this.#options = options;
    this.#from = options.from;
    this.#reading = new Reading(jetStream.connection, options.signal);
  }

  static async open(jetStream: JetStream, options: ReadOptions): Promise<NatsStreamReader> {
    const reader = new NatsStreamReader(jetStream, options);
    [reader.#consumer, reader.#lastSeq] = await Promise.all([reader.#createConsumer(), reader.#findLast()]);
    reader.#pending = reader.#consumer.num_pending || (reader.#lastSeq > 0 ? 1 : 0);
    return reader;
  }

  get pending(): number {
    return this.#pending;
  }

  close(): void {
    this.#reading.close();
    this.#forget();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ReadMessage> {
    const release = this.#reading.watch((subject) => subject.endsWith(`.MSG.NEXT.${this.#address()}`));
    try {
      while (!this.#reading.isOver()) {
        this.#consumer ??= await this.#createConsumer();
        this.#expectMore();
        for await (const message of takeInOrder(this.#jetStream, this.#consumer, this.#reading, this.#options.signal)) {
          clearTimeout(this.#stallTimer);
          if (this.#reading.isOver()) return;
          if (isBefore(message, this.#from)) continue;
          this.#from = { seq: message.seq + 1 };
          yield await this.#countPending(message);
          if (this.#reading.isOver()) return;
          this.#expectMore();
        }
        clearTimeout(this.#stallTimer);
        this.#forget();
      }
    } finally {
      clearTimeout(this.#stallTimer);
      release();
      this.close();
    }
  }

  /** Takes another consumer when nothing comes although the stream's leader has more: a replica that has caught up may stall. */
  #expectMore(): void {
    clearTimeout(this.#stallTimer);
    const isBehind = 'seq' in this.#from ? this.#from.seq <= this.#lastSeq : this.#lastSeq > 0;
    if (isBehind) this.#stallTimer = setTimeout(() => this.#reading.interrupt(), STALL_MS);
  }

  async #createConsumer(): Promise<ConsumerInfo> {
    const { stream, subject, signal } = this.#options;
    const create = () =>
      this.#jetStream.manager.consumers.add(stream, {
        // One of its own for each attempt.
        name: `reader-${randomBytes(12).toString('hex')}`,
        ...startAt(this.#from),
        ...(subject !== undefined && { filter_subject: subject }),
        ack_policy: AckPolicy.None,
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: FORGET_MS * NS_PER_MS,
      });
    return untilAnswered(this.#jetStream.connection, `stream ${stream}`, create, signal);
  }

  /** Says that there is more as long as there is, whatever the consumer knows of it. */
  async #countPending(message: ReadMessage): Promise<ReadMessage> {
    if (message.pending > 0 || message.seq >= this.#lastSeq) return message;
    // Asked again: the last message may have been dropped meanwhile, and is not to be waited for.
    this.#lastSeq = await this.#findLast();
    return { ...message, pending: message.seq < this.#lastSeq ? 1 : 0 };
  }

  /** The last message's place, by the stream's leader; 0 when there is none from the next place on. */
  async #findLast(): Promise<number> {
    const { connection, manager } = this.#jetStream;
    const { stream, subject = '>', signal } = this.#options;
    const find = () => manager.streams.getMessage(stream, { last_by_subj: subject });
    const last = await untilAnswered(connection, `stream ${stream}`, find, signal);
    return last === null || isBefore(fromStoredMessage(last), this.#from) ? 0 : last.seq;
  }

  #address(): string {
    return `${this.#options.stream}.${this.#consumer?.name}`;
  }

  /** Tells the broker that the consumer is not needed any more; it finds that out by itself too. */
  #forget(): void {
    const { connection, manager } = this.#jetStream;
    const consumer = this.#consumer;
    this.#consumer = undefined;
    if (consumer === undefined || !connection.connected) return;
    void manager.consumers.delete(this.#options.stream, consumer.name).catch(() => {});
  }
}
