// A durable consumer, shared by all who use its name. One message at a time is asked for, when there is somebody to deal
// with it: what is sent ahead would wait here while another could have it, and be delivered to that one as well.

import { AckPolicy, type Consumer, type ConsumerInfo, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import type { JetStream } from './jetstream.ts';
import { NatsDelivered } from './nats-delivered.ts';
import { Reading } from './reading.ts';
import type { Delivered, DurableReader, DurableSettings } from './store.ts';
import { pauseBetween, untilAnswered } from './store-call.ts';
import { isConsumerNotFound, isRefused } from './store-errors.ts';
import { startAt } from './stored.ts';

/** A broker that says nothing for two of these is gone. */
const HEARTBEAT_MS = 1000;
/** A request for a message is made again after this; a server that was killed may forget one, and still send heartbeats. */
const REQUEST_MS = 5000;
const NS_PER_MS = 1e6;

/** What is read. */
interface ConsumeOptions {
  stream: string;
  settings: DurableSettings;
  signal: AbortSignal | undefined;
}

/** What a durable consumer delivers, to be taken once. */
export class NatsDurableReader implements DurableReader {
  readonly #jetStream: JetStream;
  readonly #consumer: Consumer;
  readonly #options: ConsumeOptions;
  readonly #reading: Reading;
  readonly #release: () => void;

  private constructor(jetStream: JetStream, consumer: Consumer, options: ConsumeOptions) {
    this.#jetStream = jetStream;
    this.#consumer = consumer;
    this.#options = options;
    this.#reading = new Reading(jetStream.connection, options.signal);
    const { stream, settings } = options;
    this.#release = this.#reading.watch((subject) => subject.endsWith(`.MSG.NEXT.${stream}.${settings.name}`));
  }

  static async open(jetStream: JetStream, options: ConsumeOptions): Promise<NatsDurableReader> {
    const { stream, settings, signal } = options;
    const join = () => joinOrMake(jetStream.manager, stream, settings);
    const info = await untilAnswered(jetStream.connection, `stream ${stream}`, join, signal);
    return new NatsDurableReader(jetStream, jetStream.client.consumers.getConsumerFromInfo(info), options);
  }

  close(): void {
    this.#release();
    this.#reading.close();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Delivered> {
    try {
      for (let message = await this.next(); message !== undefined; message = await this.next()) yield message;
    } finally {
      this.close();
    }
  }

  async next(signal?: AbortSignal): Promise<Delivered | undefined> {
    const { settings } = this.#options;
    const { connection } = this.#jetStream;
    while (!this.#reading.isOver() && !signal?.aborted) {
      const message = await this.#fetch(signal);
      if (message === undefined) continue;
      const delivered = new NatsDelivered(connection, message, settings.ackWaitMs, () => this.#assertThere());
      if (!this.#reading.isInterrupted && !signal?.aborted) return delivered;
      // Somebody else may have it at once.
      void delivered.again(0, AbortSignal.timeout(settings.ackWaitMs)).catch(() => {});
    }
    return undefined;
  }

  /** A message, if one comes before the request is to be made again. */
  async #fetch(signal: AbortSignal | undefined): Promise<JsMsg | undefined> {
    const { stream, signal: outer } = this.#options;
    const stop = () => this.#reading.interrupt();
    try {
      const messages = await this.#consumer.fetch({
        max_messages: 1,
        expires: REQUEST_MS,
        idle_heartbeat: HEARTBEAT_MS,
      });
      this.#reading.interrupt = () => void messages.close();
      signal?.addEventListener('abort', stop);
      if (this.#reading.isInterrupted || signal?.aborted) stop();
      for await (const message of messages) return message;
    } catch {
      await pauseBetween(outer);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#reading.interrupt = () => {};
    }
    if (signal?.aborted || this.#reading.isOver()) return undefined;
    // While there is no connection this waits; and it tells whether there is still such a consumer.
    await untilAnswered(this.#jetStream.connection, `stream ${stream}`, () => this.#assertThere(), outer);
    return undefined;
  }

  async #assertThere(): Promise<void> {
    await this.#jetStream.manager.consumers.info(this.#options.stream, this.#options.settings.name);
  }
}

async function joinOrMake(manager: JetStreamManager, stream: string, settings: DurableSettings): Promise<ConsumerInfo> {
  const { name, subject, from, ackWaitMs } = settings;
  try {
    return await manager.consumers.info(stream, name);
  } catch (error) {
    if (!isConsumerNotFound(error)) throw error;
  }
  try {
    return await manager.consumers.add(stream, {
      durable_name: name,
      filter_subject: subject,
      ...startAt(from),
      ack_policy: AckPolicy.Explicit,
      ack_wait: ackWaitMs * NS_PER_MS,
      max_deliver: -1,
      // Else the broker stops delivering to all at a thousand that are being dealt with or wait to be tried again.
      max_ack_pending: -1,
    });
  } catch (error) {
    // Another client may have made it at the same time; versions have different words for that.
    if (!isRefused(error)) throw error;
    return await manager.consumers.info(stream, name).catch(() => {
      throw error;
    });
  }
}
