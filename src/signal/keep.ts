// Sending so that the message is kept for certain. Anybody on the subject hears the message, may use its id before it
// is stored, and may even answer in the broker's place: so an answer only says where to look, and what counts is that our
// very bytes are there.

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Store } from '../transport/store.ts';
import type { Transport } from '../transport/transport.ts';
import { findHistory, type HistoryStream } from './history-stream.ts';

/**
 * After an answer that was not true, or none, before looking what is there: the broker may still be storing it. One that
 * has just taken over answers for its stream before it has everything of the one before it, and would store it again.
 */
const SETTLE_MS = 1000;

/** What the headers of a kept message take, beside the stream's name. */
const HEADER_BYTES = 256;

/** Publishes messages into a network's history. */
export class Keeper {
  readonly #config: Config;
  readonly #transport: Transport;
  #store: Promise<Store> | undefined;
  readonly #streams = new Map<string, HistoryStream>();
  /** what is sent now is stored behind this */
  #knownSeq = 0;

  constructor(config: Config, transport: Transport) {
    this.#config = config;
    this.#transport = transport;
  }

  /**
   * Finds the stream that is to keep what is sent to a channel.
   *
   * @returns the largest message that it takes, in bytes
   * @throws TransportError 'no-stream' when there is none, or it does not keep the channel; as the store
   */
  async prepare(channel: string, signal: AbortSignal | undefined): Promise<number> {
    const { name } = await this.#find(channel, signal);
    return this.#transport.maxPayloadBytes - HEADER_BYTES - name.length;
  }

  /**
   * Publishes a message; resolves when the stream has stored it, on its replicas. If the answer is lost the same bytes
   * are published again, which within two minutes stores them once.
   *
   * @param bytes the whole message
   * @param hash of the message
   * @returns when it was stored, by the broker's clock: Unix time in milliseconds
   * @throws as `prepare`, or the signal's reason: then it may have been stored
   */
  async keep(
    subject: string,
    channel: string,
    bytes: Uint8Array,
    hash: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { store, name } = await this.#find(channel, signal);
    const fromSeq = this.#knownSeq + 1;
    const findEarlier = async () => {
      // A broker that has taken over must have what the one before it was about to store, and then know of it.
      await store.info(name, signal);
      await delay(SETTLE_MS, undefined, { ...(signal && { signal }) });
      return findKept(store, name, subject, bytes, fromSeq, signal);
    };
    const ownId = Buffer.from(hash).toString('hex');
    for (let id = ownId; ; id = `${ownId}-${randomBytes(16).toString('hex')}`) {
      const { seq } = await store.append(subject, bytes, { stream: name, id, findEarlier, signal });
      const stored = await store.get(name, seq, signal);
      if (stored && isEqual(stored.data, bytes)) {
        this.#knownSeq = Math.max(this.#knownSeq, seq);
        return stored.storedMs;
      }
      // Somebody else used the id, or answered: then it may be elsewhere, and an id that nobody can know helps.
      const earlier = await findEarlier();
      const found = earlier === undefined ? undefined : await store.get(name, earlier, signal);
      if (found !== undefined) return found.storedMs;
    }
  }

  async #find(channel: string, signal: AbortSignal | undefined): Promise<HistoryStream> {
    const known = this.#streams.get(channel);
    if (known !== undefined) return known;
    this.#store ??= this.#transport.openStore(signal);
    this.#store.catch(() => {
      this.#store = undefined;
    });
    const found = await findHistory(await this.#store, this.#config, channel, signal);
    this.#streams.set(channel, found);
    this.#knownSeq = Math.max(this.#knownSeq, found.facts.lastSeq);
    return found;
  }
}

/** Where a stream holds a message, from a place in it on; undefined when it does not. */
async function findKept(
  store: Store,
  stream: string,
  subject: string,
  bytes: Uint8Array,
  fromSeq: number,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const lastSeq = (await store.info(stream, signal))?.lastSeq ?? 0;
  const reader = await store.read(stream, subject, { seq: fromSeq }, signal);
  try {
    if (reader.pending === 0) return undefined;
    for await (const { data, seq, pending } of reader) {
      if (isEqual(data, bytes)) return seq;
      if (pending === 0 || seq >= lastSeq) return undefined;
    }
    return undefined;
  } finally {
    reader.close();
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
