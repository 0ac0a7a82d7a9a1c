// Sending so that the message is kept for certain. Anybody on the subject hears the message, may use its id before it
// is stored, and may even answer in the broker's place: so an answer only says where to look, and what counts is that our
// very bytes are there.

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { Store } from '../transport/store.ts';
import type { Transport } from '../transport/transport.ts';
import { findHistory, type HistoryStream } from './history-stream.ts';

/** After an answer that was not true, before looking what is there: the broker may still be storing it. */
const SETTLE_MS = 250;

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
   * @throws as `prepare`, or the signal's reason: then it may have been stored
   */
  async keep(
    subject: string,
    channel: string,
    bytes: Uint8Array,
    hash: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { store, name } = await this.#find(channel, signal);
    const fromSeq = this.#knownSeq + 1;
    const ownId = Buffer.from(hash).toString('hex');
    for (let id = ownId; ; id = `${ownId}-${randomBytes(16).toString('hex')}`) {
      const { seq } = await store.append(subject, bytes, { stream: name, id, signal });
      const stored = await store.get(name, seq, signal);
      if (stored && isEqual(stored.data, bytes)) {
        this.#knownSeq = Math.max(this.#knownSeq, seq);
        return;
      }
      // Somebody else used the id, or answered: then it may be elsewhere, and an id that nobody can know helps.
      await delay(SETTLE_MS, undefined, signal && { signal });
      if (await isKept(store, name, subject, bytes, fromSeq, signal)) return;
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

/** Whether a stream holds a message behind a place in it. */
async function isKept(
  store: Store,
  stream: string,
  subject: string,
  bytes: Uint8Array,
  fromSeq: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const lastSeq = (await store.info(stream, signal))?.lastSeq ?? 0;
  const reader = await store.read(stream, subject, { seq: fromSeq }, signal);
  if (reader.pending === 0) {
    reader.close();
    return false;
  }
  for await (const { data, seq, pending } of reader) {
    if (isEqual(data, bytes)) return true;
    if (pending === 0 || seq >= lastSeq) return false;
  }
  return false;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
