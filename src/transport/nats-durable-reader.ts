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

  private constructor(jetStream: JetStream, consumer: Consumer, options: ConsumeOptions) {
    this.#jetStream = jetStream;
    this.#consumer = consumer;
    this.#options = options;
    this.#reading = new Reading(jetStream.connection, options.signal);
  }

  static async open(jetStream: JetStream, options: ConsumeOptions): Promise<NatsDurableReader> {
    const { stream, settings, signal } = options;
    const join = () => joinOrMake(jetStream.manager, stream, settings);
    const info = await untilAnswered(jetStream.connection, `stream ${stream}`, join, signal);
    return new NatsDurableReader(jetStream, jetStream.client.consumers.getConsumerFromInfo(info), options);
  }

  close(): void {
    this.#reading.close();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Delivered> {
    const { stream, settings } = this.#options;
    const { connection } = this.#jetStream;
    const release = this.#reading.watch((subject) => subject.endsWith(`.MSG.NEXT.${stream}.${settings.name}`));
    try {
      while (!this.#reading.isOver()) {
        const message = await this.#next();
        if (message === undefined) continue;
        const delivered = new NatsDelivered(connection, message, settings.ackWaitMs, () => this.#assertThere());
        if (!this.#reading.isInterrupted) yield delivered;
        // Somebody else may have it at once.
        else void delivered.again(0, AbortSignal.timeout(settings.ackWaitMs)).catch(() => {});
      }
    } finally {
      release();
      this.close();
    }
  }

  /** The next message, if one comes before the request is to be made again. */
  async #next(): Promise<JsMsg | undefined> {
    const { stream, signal } = this.#options;
    try {
      const messages = await this.#consumer.fetch({
        max_messages: 1,
        expires: REQUEST_MS,
        idle_heartbeat: HEARTBEAT_MS,
      });
      this.#reading.interrupt = () => void messages.close();
      if (this.#reading.isInterrupted) void messages.close();
      for await (const message of messages) return message;
    } catch {
      await pauseBetween(signal);
    } finally {
      this.#reading.interrupt = () => {};
    }
    if (this.#reading.isOver()) return undefined;
    // While there is no connection this waits; and it tells whether there is still such a consumer.
    await untilAnswered(this.#jetStream.connection, `stream ${stream}`, () => this.#assertThere(), signal);
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
