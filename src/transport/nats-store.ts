// The Store over JetStream: https://docs.nats.io/reference/reference-protocols/nats_api_reference. Nothing here needs a
// broker newer than 2.9.

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { TransportError } from './errors.ts';
import type { JetStream } from './jetstream.ts';
import { NatsDurableReader } from './nats-durable-reader.ts';
import { NatsStreamReader } from './nats-stream-reader.ts';
import type {
  AppendOptions,
  DurableReader,
  DurableSettings,
  ReadFrom,
  Store,
  Stored,
  StreamFacts,
  StreamReader,
  StreamSettings,
} from './store.ts';
import { ATTEMPT_MS, untilAnswered } from './store-call.ts';
import type { StoreConnection } from './store-connection.ts';
import { isNoResponders, isNotEnabled, isStreamNotFound } from './store-errors.ts';
import { fromStoredMessage } from './stored.ts';
import { toStreamConfig, toStreamFacts } from './stream-config.ts';
import { covers } from './subject-pattern.ts';

/** See `Transport.openStore`. */
export async function openNatsStore(connection: StoreConnection, signal: AbortSignal | undefined): Promise<Store> {
  const options = { timeout: ATTEMPT_MS };
  const manager = await jetstreamManager(connection.nats, { ...options, checkAPI: false });
  const isThere = async () => {
    try {
      await manager.getAccountInfo();
    } catch (error) {
      if (!isNotEnabled(error)) throw error;
      throw new TransportError('no-store', 'the server keeps no streams for this account (JetStream is not enabled)', {
        cause: error,
      });
    }
  };
  await untilAnswered(connection, 'JetStream', isThere, signal);
  return new NatsStore({ connection, manager, client: jetstream(connection.nats, options) });
}

class NatsStore implements Store {
  readonly #jetStream: JetStream;

  constructor(jetStream: JetStream) {
    this.#jetStream = jetStream;
  }

  async info(stream: string, signal?: AbortSignal): Promise<StreamFacts | undefined> {
    const found = await this.#ask(stream, () => orUndefined(this.#jetStream.manager.streams.info(stream)), signal);
    return found && toStreamFacts(found);
  }

  async create(settings: StreamSettings, signal?: AbortSignal): Promise<StreamFacts> {
    const make = () => this.#jetStream.manager.streams.add(toStreamConfig(settings));
    return toStreamFacts(await this.#ask(settings.name, make, signal));
  }

  async update(settings: StreamSettings, signal?: AbortSignal): Promise<StreamFacts> {
    const { name, ...changes } = toStreamConfig(settings);
    const update = async () => {
      const { manager, connection } = this.#jetStream;
      // A server that is of no cluster refuses to make such a stream, but takes the change, and keeps one copy only.
      if (settings.replicas > 1 && connection.nats.info !== undefined && connection.nats.info.cluster === undefined) {
        throw new TransportError(
          'too-few-brokers',
          `stream ${name}: the server is of no cluster, and cannot replicate`,
        );
      }
      return manager.streams.update(name, changes);
    };
    return toStreamFacts(await this.#ask(name, update, signal));
  }

  async remove(stream: string, signal?: AbortSignal): Promise<boolean> {
    let asked = 0;
    const attempt = () => {
      asked += 1;
      return orUndefined(this.#jetStream.manager.streams.delete(stream));
    };
    const removed = await this.#ask(stream, attempt, signal);
    // An earlier attempt whose answer was lost may be why there is none.
    return removed ?? asked > 1;
  }

  async append(
    subject: string,
    data: Uint8Array,
    { stream, id, findEarlier, signal }: AppendOptions,
  ): Promise<{ seq: number; duplicate: boolean }> {
    let attempts = 0;
    let isUncertain = false;
    const attempt = async () => {
      const own = ++attempts;
      const earlier = isUncertain ? await findEarlier?.() : undefined;
      if (earlier !== undefined) return { seq: earlier, duplicate: true };
      // The connection was lost meanwhile, and another attempt has taken the place of this one.
      if (own !== attempts) throw new SyntaxError('given up');
      const wasUncertain = isUncertain;
      isUncertain = true;
      try {
        const expect = { streamName: stream };
        const answer = await this.#jetStream.client.publish(subject, data, {
          expect,
          ...(id !== undefined && { msgID: id }),
        });
        // Whoever listens on the subject can answer too.
        if (answer.stream !== stream || !Number.isSafeInteger(answer.seq)) throw new SyntaxError('not an answer');
        return { seq: answer.seq, duplicate: answer.duplicate };
      } catch (error) {
        if (isNoResponders(error)) {
          // Nobody has it, unless it was published before.
          if (own === attempts) isUncertain = wasUncertain;
          await this.#assertHolds(stream, subject);
        }
        throw error;
      }
    };
    return this.#ask(stream, attempt, signal);
  }

  async get(stream: string, seq: number, signal?: AbortSignal): Promise<Stored | undefined> {
    const found = await this.#ask(stream, () => this.#jetStream.manager.streams.getMessage(stream, { seq }), signal);
    return found ? fromStoredMessage(found) : undefined;
  }

  async read(stream: string, subject: string | undefined, from: ReadFrom, signal?: AbortSignal): Promise<StreamReader> {
    return NatsStreamReader.open(this.#jetStream, { stream, subject, from, signal });
  }

  async consume(stream: string, settings: DurableSettings, signal?: AbortSignal): Promise<DurableReader> {
    return NatsDurableReader.open(this.#jetStream, { stream, settings, signal });
  }

  async consumers(stream: string, signal?: AbortSignal): Promise<string[]> {
    const list = async () => {
      const names: string[] = [];
      for await (const { config } of this.#jetStream.manager.consumers.list(stream)) {
        if (config.durable_name !== undefined) names.push(config.durable_name);
      }
      return names;
    };
    return this.#ask(stream, list, signal);
  }

  #ask<T>(stream: string, act: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return untilAnswered(this.#jetStream.connection, `stream ${stream}`, act, signal);
  }

  /** Tells a stream without a leader from one that is not there, or does not hold the subject: nobody answers either. */
  async #assertHolds(stream: string, subject: string): Promise<void> {
    const { config } = await this.#jetStream.manager.streams.info(stream);
    if (config.subjects?.some((pattern) => covers(pattern, subject))) return;
    throw new TransportError('no-stream', `stream ${stream} does not hold what is published on ${subject}`);
  }
}

/** What a call answers; undefined when there is no such stream. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isStreamNotFound(error)) return undefined;
    throw error;
  }
}
