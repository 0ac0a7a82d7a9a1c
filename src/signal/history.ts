// Reading what was sent, for people who want to know. Nothing is acted on here, and so nothing is refused: each message is
// shown with what is wrong with it.

import type { KeyObject } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { REPLY_VERB } from '../protocol/constants.ts';
import { matchDestination } from '../protocol/destination.ts';
import { importPublicKey } from '../protocol/keys.ts';
import { hashMessage, type ParsedMessage, readMessage, verifyMessage } from '../protocol/message.ts';
import { messageSubject } from '../protocol/subject.ts';
import { foldVerb, isVerbGranted, type Verbs } from '../protocol/verb.ts';
import type { ReadMessage, Stored, StreamReader } from '../transport/store.ts';
import type { Clock } from './clock.ts';
import { HashSet } from './hash-set.ts';
import type { HistoryStream } from './history-stream.ts';
import { Queue } from './queue.ts';
import { assertPublicKey, planReceive } from './receive-plan.ts';

/** Signatures that are verified at a time. */
const MAX_VERIFYING = 256;

/**
 * What is to be thought of a message that was kept. `forged`: the signature is not the key's; `unknown-key`: it is, and
 * the key is none of this node's Peers; `not-permitted`: it is a peer's who may not use the verb; `malformed`: it is no
 * message.
 */
export type Verdict = 'valid' | 'unknown-key' | 'not-permitted' | 'forged' | 'malformed';

/** A message that was kept. */
export interface HistoryEntry {
  /** its place in the stream, counted from 1 */
  seq: number;
  /** when the stream took it by the broker's clock, Unix time in milliseconds */
  storedMs: number;
  channel: string;
  verdict: Verdict;
  /** whether it is a copy of an earlier one among those that were read: a replay, which nobody acts on */
  isCopy: boolean;
  /** whether its time is further from when it was stored than messages may be late: nobody acted on it when it came */
  isOffTime: boolean;
  /** who has the key: the name in Peers, or this node's for its own identities; only claimed unless it is signed */
  sender: string | undefined;
  /** its fields, all of them only claimed unless it is signed; undefined when it is malformed */
  message: ParsedMessage | undefined;
  /** as it travelled */
  bytes: Uint8Array;
}

/** Which messages to read. */
export interface HistoryOptions {
  /** only what was stored within so many milliseconds; default: everything there is */
  sinceMs?: number | undefined;
  /** only those for this destination, as in receiving; default any */
  destination?: string | undefined;
  /** base58: only those that name this key */
  publicKey?: string | undefined;
  uuid?: string | undefined;
  verbs?: readonly string[] | undefined;
  /** default: all that are kept */
  channels?: readonly string[] | undefined;
  /** goes on with what comes */
  follow?: boolean | undefined;
  /** ends the iteration when aborted; that is no error */
  signal?: AbortSignal | undefined;
}

interface Known {
  name: string;
  verbs: Verbs;
}

/** What was sent, in the order in which it was stored, with `for await`. */
export class History implements AsyncIterable<HistoryEntry> {
  readonly #config: Config;
  readonly #options: HistoryOptions;
  readonly #stream: HistoryStream;
  readonly #reader: StreamReader;
  readonly #fromMs: number;
  readonly #accepts: (message: ParsedMessage) => boolean;
  readonly #known = new Map<string, Known>();
  readonly #keys = new Map<string, KeyObject>();
  readonly #seen = new HashSet();
  #isCaughtUp = false;

  private constructor(
    config: Config,
    options: HistoryOptions,
    stream: HistoryStream,
    reader: StreamReader,
    fromMs: number,
    accepts: (message: ParsedMessage) => boolean,
  ) {
    this.#config = config;
    this.#options = options;
    this.#stream = stream;
    this.#reader = reader;
    this.#fromMs = fromMs;
    this.#accepts = accepts;
    for (const { publicKey, verbs } of config.identities) {
      this.#known.set(publicKey, { name: config.destination, verbs });
    }
    for (const { publicKey, destination, verbs } of config.peers) {
      this.#known.set(publicKey, { name: destination, verbs });
    }
  }

  /**
   * Begins to read.
   *
   * @throws UsageError 'option' for a value that no message can have; as the store
   */
  static async open(config: Config, options: HistoryOptions, stream: HistoryStream, clock: Clock): Promise<History> {
    const { sinceMs, channels = [], signal } = options;
    const accepts = toFilter(config, options);
    // The broker's clock may be off as messages' may be; and an earlier copy of the first ones should be known for one.
    const fromMs = sinceMs === undefined ? 0 : clock.nowMs() - sinceMs;
    const startMs = Math.max(0, fromMs - 2 * config.allowSkewMs);
    const [channel, ...more] = channels;
    const subject = channel !== undefined && more.length === 0 ? messageSubject(config.subject, channel) : undefined;
    const from = sinceMs === undefined ? { seq: 1 } : { storedMs: startMs };
    const reader = await stream.store.read(stream.name, subject, from, signal);
    return new History(config, options, stream, reader, fromMs, accepts);
  }

  /** whether the entry that was taken last is, for now, the last one */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<HistoryEntry> {
    const { follow = false, signal } = this.#options;
    const judging = new Queue<Promise<HistoryEntry>>();
    try {
      if (this.#reader.pending === 0 && !follow) return;
      for await (const stored of this.#reader) {
        const message = readMessage(stored.data);
        // Copies have the same fields, so that none of one that is shown is left out here.
        if (this.#isAskedFor(stored, message)) judging.push(this.#judge(stored, message));
        const isLast = stored.pending === 0 || stored.seq >= this.#stream.facts.lastSeq;
        while (judging.size >= MAX_VERIFYING || (isLast && judging.size > 0)) {
          const entry = this.#settle(await (judging.shift() as Promise<HistoryEntry>));
          this.#isCaughtUp = isLast && judging.size === 0;
          if (entry !== undefined) yield entry;
        }
        if (isLast && !follow) return;
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      this.#reader.close();
    }
  }

  #isAskedFor({ subject }: ReadMessage, message: ParsedMessage | undefined): boolean {
    const { channels } = this.#options;
    const isOnChannel =
      channels === undefined || channels.some((name) => messageSubject(this.#config.subject, name) === subject);
    return isOnChannel && (message === undefined ? isUnfiltered(this.#options) : this.#accepts(message));
  }

  async #judge({ seq, storedMs, subject, data }: Stored, message: ParsedMessage | undefined): Promise<HistoryEntry> {
    const known = message && this.#known.get(message.publicKey);
    return {
      seq,
      storedMs,
      channel: subject.slice(this.#config.subject.length + 1),
      verdict: message === undefined ? 'malformed' : await this.#verify(message, known),
      isCopy: false,
      isOffTime: message !== undefined && Math.abs(storedMs - toMs(message.timeNs)) > this.#config.allowSkewMs,
      sender: known?.name,
      message,
      bytes: data,
    };
  }

  async #verify(message: ParsedMessage, known: Known | undefined): Promise<Verdict> {
    if (known === undefined) return (await verifyMessage(message)) ? 'unknown-key' : 'forged';
    let key = this.#keys.get(message.publicKey);
    if (key === undefined) {
      key = importPublicKey(message.publicKey);
      this.#keys.set(message.publicKey, key);
    }
    if (!(await verifyMessage(message, key))) return 'forged';
    const verb = foldVerb(message.verb);
    return verb !== REPLY_VERB && isVerbGranted(known.verbs, verb) ? 'valid' : 'not-permitted';
  }

  /** In the order of the stream; undefined for what was stored too early, and read for its copies alone. */
  #settle(entry: HistoryEntry): HistoryEntry | undefined {
    const isSigned = entry.message !== undefined && entry.verdict !== 'forged';
    if (isSigned) entry.isCopy = !this.#seen.add(hashMessage(entry.bytes));
    return entry.storedMs >= this.#fromMs ? entry : undefined;
  }
}

/** Whether messages that have no fields are asked for too. */
function isUnfiltered({ destination, publicKey, uuid, verbs }: HistoryOptions): boolean {
  return destination === undefined && publicKey === undefined && uuid === undefined && verbs === undefined;
}

function toFilter(config: Config, options: HistoryOptions): (message: ParsedMessage) => boolean {
  const { destination, publicKey } = options;
  if (publicKey !== undefined) assertPublicKey(publicKey);
  const { uuid, verbs } = planReceive(config, { ...options, publicKey: undefined, channel: undefined }).filter;
  return (message) =>
    (verbs === undefined || verbs.includes(foldVerb(message.verb))) &&
    (uuid === undefined || uuid === message.uuid) &&
    (publicKey === undefined || publicKey === message.publicKey) &&
    (destination === undefined ||
      message.destination === destination ||
      matchDestination(message.destination, destination));
}

function toMs(timeNs: bigint): number {
  return Number(timeNs) / 1e6;
}
