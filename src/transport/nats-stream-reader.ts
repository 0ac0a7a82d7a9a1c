// Reading a stream in order. Each time anything is out of order (the connection was lost, heartbeats are missing, a
// delivery was skipped, the consumer is gone with its broker) the broker is asked for a new consumer behind the last
// message that was read. The library's own ordered consumers begin again too, but at the wrong place if they were to begin at
// a time, and while a reader pauses they ask for more and more.

import { randomBytes } from 'node:crypto';
import { AckPolicy, type ConsumerInfo } from '@nats-io/jetstream';
import type { JetStream } from './jetstream.ts';
import { takeInOrder } from './ordered-messages.ts';
import { Reading } from './reading.ts';
import type { ReadFrom, ReadMessage, StreamReader } from './store.ts';
import { untilAnswered } from './store-call.ts';
import { startAt } from './stored.ts';

/** The broker forgets a consumer that nobody has asked for so long. */
const FORGET_MS = 30_000;
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

  private constructor(jetStream: JetStream, options: ReadOptions) {
    this.#jetStream = jetStream;
    this.#options = options;
    this.#from = options.from;
    this.#reading = new Reading(jetStream.connection, options.signal);
  }

  static async open(jetStream: JetStream, options: ReadOptions): Promise<NatsStreamReader> {
    const reader = new NatsStreamReader(jetStream, options);
    reader.#consumer = await reader.#createConsumer();
    reader.#pending = reader.#consumer.num_pending;
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
        for await (const message of takeInOrder(this.#jetStream, this.#consumer, this.#reading, this.#options.signal)) {
          if (this.#reading.isOver()) return;
          this.#from = { seq: message.seq + 1 };
          yield message;
          if (this.#reading.isOver()) return;
        }
        this.#forget();
      }
    } finally {
      release();
      this.close();
    }
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
