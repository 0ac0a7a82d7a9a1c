// Follows the entries of one lock or barrier in the stream: those there are at first, then each as it comes. What counts is
// what comes back from the stream, of one's own entries too: nothing is taken as said before it was read.

import { randomBytes } from 'node:crypto';
import type { Identity } from '../config/config.ts';
import { encodeMessage, hashMessage } from '../protocol/message.ts';
import { type Clock, monotonicMs } from '../signal/clock.ts';
import { LossCounter } from '../signal/loss-counter.ts';
import type { OnNotice } from '../signal/notice.ts';
import { TransportError } from '../transport/errors.ts';
import type { ReadFrom, ReadMessage, Store, StreamReader } from '../transport/store.ts';
import type { Entry } from './entry.ts';
import { type Candidate, type EntryRefusal, Screen } from './screen.ts';
import type { Trust } from './trust.ts';

/** What an entry must pass to be told to people, in words that also stand before a number. */
const REFUSALS: Record<EntryRefusal, string> = {
  malformed: 'not in the form of an entry',
  'unknown-key': 'by an unknown key',
  'verb-not-granted': 'by a peer that may not use the verb',
  'other-verb': 'with another verb',
  'other-name': 'for something else',
  'outside-window': 'stored at another time than it was signed',
  replay: 'replayed',
  'bad-signature': 'with a bad signature',
};

/** How many signatures to verify at once. */
const BATCH = 512;

/** What a journal is of. */
export interface JournalSettings<Act> {
  store: Store;
  stream: string;
  subject: string;
  /** what to call it for people: `lock backup` */
  title: string;
  trust: Trust;
  clock: Clock;
  onNotice: OnNotice;
  encode: (act: Act, subject: string) => Uint8Array;
  parse: (payload: Uint8Array, subject: string) => Act | undefined;
  /** leaves out what cannot matter any more of the entries that there were, before their signatures are verified */
  prune?: (candidates: Candidate<Act>[], nowMs: number, verify: Verify<Act>) => Promise<Candidate<Act>[]>;
  /** told the place of the first message that is read, valid or not */
  onFirst?: (seq: number) => void;
  /** told the store's time with messages, valid or not */
  onTime?: (storedMs: number) => void;
  /** told every valid entry, in order */
  onEntry: (entry: Entry<Act>) => void;
  /** told when the stream cannot be read any more */
  onEnd: (error: Error) => void;
}

/** Whether a candidate's signature is valid. */
export type Verify<Act> = (candidate: Candidate<Act>) => Promise<boolean>;

/** An entry of one's own as it came back. */
export interface Written<Act> {
  /** undefined when it counts, else why it does not */
  refusal: EntryRefusal | undefined;
  /** undefined when it does not count */
  entry: Entry<Act> | undefined;
  /** how far this clock was ahead of the store's when the store took it, in milliseconds, the way there included */
  aheadMs: number;
  /** when it was signed, by the monotonic clock */
  sentMs: number;
  /** when it was read, by the monotonic clock */
  readMs: number;
}

interface Pending<Act> {
  timeMs: number;
  sentMs: number;
  resolve: (written: Written<Act>) => void;
  reject: (error: unknown) => void;
}

/** The entries of one lock or barrier, read and written. */
export class Journal<Act> {
  readonly #settings: JournalSettings<Act>;
  readonly #screen: Screen<Act>;
  readonly #losses: LossCounter;
  readonly #pending = new Map<string, Pending<Act>>();
  readonly #reading = new AbortController();
  #ended: Error | undefined;
  /** the store's time less the monotonic clock's, as the quickest message shows it */
  #offsetMs = Number.NEGATIVE_INFINITY;

  constructor(settings: JournalSettings<Act>) {
    this.#settings = settings;
    this.#screen = new Screen(settings.trust, settings.subject, settings.parse);
    this.#losses = new LossCounter(settings.onNotice);
  }

  /** The store's time now, estimated; never later than it is. */
  get storeNowMs(): number {
    return monotonicMs() + this.#offsetMs;
  }

  /**
   * Reads what there is, and goes on reading.
   *
   * @param signal gives up when aborted before it has read what there is; afterwards it has no effect
   */
  async open(from: ReadFrom, signal?: AbortSignal): Promise<void> {
    const { store, stream, subject } = this.#settings;
    // The store's own signal would end the reading too.
    const giveUp = () => this.#reading.abort(signal?.reason);
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      const reader = await store.read(stream, subject, from, this.#reading.signal);
      await new Promise<void>((resolve, reject) => {
        this.#reading.signal.addEventListener('abort', () => reject(this.#reading.signal.reason), { once: true });
        void this.#run(reader, resolve).catch((error: Error) => {
          reject(error);
          this.#end(error);
        });
      });
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Stops reading. */
  close(): void {
    this.#ended ??= new TransportError('closed', 'the journal has been closed');
    this.#reading.abort(this.#ended);
    this.#losses.finish();
  }

  /**
   * Signs an entry, has the store take it and waits until it has been read.
   *
   * @throws TransportError when the store does not take it; the signal's reason when it is aborted, and the store may
   *   take it even so
   */
  async write(act: Act, identity: Identity, uuid: Uint8Array, signal?: AbortSignal): Promise<Written<Act>> {
    if (this.#ended) throw this.#ended;
    const { store, stream, subject, clock, trust, encode } = this.#settings;
    const timeNs = clock.nextTimeNs();
    const content = { destination: '', timeNs, uuid, verb: trust.verb, wantsReply: false };
    const bytes = encodeMessage({ ...content, payload: encode(act, subject) }, identity.keys);
    const hash = Buffer.from(hashMessage(bytes)).toString('hex');
    const done = new AbortController();
    const stop = signal ? AbortSignal.any([done.signal, signal]) : done.signal;
    try {
      return await new Promise<Written<Act>>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: done.signal });
        this.#pending.set(hash, { timeMs: Number(timeNs) / 1e6, sentMs: monotonicMs(), resolve, reject });
        // Without an id, which somebody else might use first: a copy of it does not count anyway.
        store.append(subject, bytes, { stream, signal: stop }).catch((error: unknown) => {
          if (!stop.aborted) reject(error);
        });
      });
    } finally {
      done.abort();
      this.#pending.delete(hash);
    }
  }

  /**
   * The same, again and again while the way to the store takes longer than an entry may be under way.
   *
   * @throws TransportError 'clock' when it is this host's clock that makes entries invalid
   */
  async insist(act: Act, identity: Identity, uuid: Uint8Array, signal?: AbortSignal): Promise<Written<Act>> {
    const { trust } = this.#settings;
    for (;;) {
      const written = await this.write(act, identity, uuid, signal);
      if (written.refusal !== 'outside-window') return written;
      const wayMs = written.readMs - written.sentMs;
      if (wayMs < trust.skewMs / 2 || written.aheadMs > trust.skewMs) throw clockError(written.aheadMs, trust.skewMs);
    }
  }

  async #run(reader: StreamReader, onCaughtUp: () => void): Promise<void> {
    let isFirst = true;
    let early: Candidate<Act>[] | undefined = reader.pending > 0 ? [] : undefined;
    if (early === undefined) onCaughtUp();
    for await (const message of reader) {
      if (isFirst) this.#settings.onFirst?.(message.seq);
      isFirst = false;
      const candidate = this.#check(message);
      if (early === undefined) {
        if (candidate) await this.#take([candidate]);
        else this.#settings.onTime?.(message.storedMs);
        continue;
      }
      if (candidate) early.push(candidate);
      if (message.pending > 0) continue;
      const verify = (one: Candidate<Act>) => this.#screen.verify(one);
      const rest = (await this.#settings.prune?.(early, message.storedMs, verify)) ?? early;
      early = undefined;
      for (let at = 0; at < rest.length; at += BATCH) await this.#take(rest.slice(at, at + BATCH));
      this.#settings.onTime?.(message.storedMs);
      onCaughtUp();
    }
    throw this.#ended ?? new TransportError('closed', `${this.#settings.title}: the stream has ended`);
  }

  #check(message: ReadMessage): Candidate<Act> | undefined {
    if (message.pending === 0) this.#offsetMs = Math.max(this.#offsetMs, message.storedMs - monotonicMs());
    const candidate = this.#screen.check(message);
    if (typeof candidate !== 'string') return candidate;
    this.#refuse(message, candidate);
    return undefined;
  }

  /** Verifies some at once, and takes them in order. */
  async #take(candidates: Candidate<Act>[]): Promise<void> {
    // What this process has signed itself, it need not verify.
    const verify = (one: Candidate<Act>) => this.#pending.has(one.hash) || this.#screen.verify(one);
    const valid = await Promise.all(candidates.map(verify));
    for (const [i, { entry, hash }] of candidates.entries()) {
      if (!valid[i]) {
        this.#report('bad-signature', entry.party);
        continue;
      }
      this.#settings.onTime?.(entry.storedMs);
      this.#settings.onEntry(entry);
      this.#settle(hash, entry, undefined, entry.storedMs);
    }
  }

  #refuse({ data, storedMs }: ReadMessage, refusal: EntryRefusal): void {
    // Only one's own entries are waited for, and they are few.
    const isOwn = this.#pending.size > 0 && refusal === 'outside-window';
    if (isOwn && this.#settle(Buffer.from(hashMessage(data)).toString('hex'), undefined, refusal, storedMs)) return;
    this.#report(refusal, this.#screen.claimedParty(data));
  }

  #settle(hash: string, entry: Entry<Act> | undefined, refusal: EntryRefusal | undefined, storedMs: number): boolean {
    const pending = this.#pending.get(hash);
    if (pending === undefined) return false;
    const { timeMs, sentMs, resolve } = pending;
    resolve({ entry, refusal, aheadMs: timeMs - storedMs, sentMs, readMs: monotonicMs() });
    return true;
  }

  #report(refusal: EntryRefusal, party: string | undefined): void {
    const from = party === undefined ? '' : `as if by ${party}`;
    this.#losses.count(`${this.#settings.title}: ignored an entry ${REFUSALS[refusal]}`, from);
  }

  #end(error: Error): void {
    const isClosed = this.#ended !== undefined;
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    if (!isClosed) this.#settings.onEnd(error);
  }
}

/** A uuid for all that one run of a command says. */
export function createRunUuid(): Uint8Array {
  return randomBytes(12);
}

function clockError(aheadMs: number, skewMs: number): TransportError {
  const off = `${Math.round(Math.abs(aheadMs))} ms ${aheadMs > 0 ? 'ahead of' : 'behind'} the broker’s`;
  return new TransportError('clock', `this host’s clock is ${off}, allowed are ${skewMs} ms (allow_skew)`);
}
