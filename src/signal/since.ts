// Receiving with --since: what the stream holds first, in its order, then what comes, with no gap between them and no
// message twice.
//
// The stream is read on for as long as the receiver lasts, not only to its last message at the start: a message may have
// reached the broker before this receiver subscribed, and the stream after it was asked for its last one. What is lost
// when the connection breaks, or comes faster than the consumer takes it, comes from the stream all the same. So the
// live subscription is there to be quick: what arrives by it is acted on as soon as the reading has caught up, and the
// stream's copy of it is told apart by its hash. What is refused is reported from the stream alone, once.

import type { StreamReader } from '../transport/store.ts';
import type { Rule } from './acceptance.ts';
import type { Clock } from './clock.ts';
import type { HistoryStream } from './history-stream.ts';
import { TwiceHeard } from './twice-heard.ts';

/** What comes live while the stream is being read, at most: the stream has it too. */
const MAX_BUFFERED = 8192;
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/** What judges messages, and hands on those that pass. */
export interface Judge {
  /** Takes one as it was published, unless there is no room for it: then false. */
  takeLive(data: Uint8Array, nowMs: number, rule: Rule): boolean;
  /** Takes one that was kept; when there is no room yet, resolves once it has been taken. */
  takeStored(data: Uint8Array, nowMs: number, rule: Rule): Promise<void> | undefined;
  /** Whether another receiver had accepted a message before this one began: what is kept is given all the same. */
  wasAccepted(hash: Uint8Array): boolean;
}

/** A message as it was published, and when it came. */
interface Arrival {
  data: Uint8Array;
  nowMs: number;
}

/** One receiver's reading of what was sent since some time, and what is sent from now on. */
export class SinceReading {
  readonly #sinceMs: number;
  readonly #skewMs: number;
  readonly #clock: Clock;
  readonly #judge: Judge;
  readonly #live: Rule;
  readonly #stored: Rule;
  /** what arrived live and is not to be acted on yet, without a gap in it */
  #buffered: Arrival[] = [];
  #bufferedBytes = 0;
  #reader: StreamReader | undefined;
  #lastSeq = Number.POSITIVE_INFINITY;
  /** the first of what is buffered, where something before it had to be given up */
  #resumeAt: Uint8Array | undefined;
  /** while what is older is being read, the time that ages are counted at: reading must not make anything too old */
  #asOfMs: number | undefined;

  constructor(sinceMs: number, skewMs: number, clock: Clock, judge: Judge) {
    this.#sinceMs = sinceMs;
    this.#skewMs = skewMs;
    this.#clock = clock;
    this.#judge = judge;
    this.#asOfMs = clock.nowMs();
    const asOf = (nowMs: number) => this.#asOfMs ?? nowMs;
    const heard = new TwiceHeard(sinceMs + skewMs, asOf, (hash) => judge.wasAccepted(hash));
    this.#live = { maxAgeMs: () => skewMs, memory: heard.live };
    this.#stored = { maxAgeMs: (nowMs) => nowMs - asOf(nowMs) + sinceMs, memory: heard.stored };
  }

  /** Takes what arrives on the subscription, which must be there before the reading begins. */
  hear(data: Uint8Array): void {
    const arrival = { data, nowMs: this.#clock.nowMs() };
    if (this.#asOfMs !== undefined) this.#buffer(arrival);
    else if (!this.#judge.takeLive(data, arrival.nowMs, this.#live)) this.#fallBehind([arrival]);
  }

  /** Goes on with what the stream holds alone, until the reading has caught up again: there is no room for these. */
  #fallBehind(arrivals: readonly Arrival[]): void {
    this.#asOfMs = this.#clock.nowMs();
    for (const arrival of arrivals) this.#buffer(arrival);
  }

  #buffer(arrival: Arrival): void {
    const { length } = arrival.data;
    if (this.#buffered.length >= MAX_BUFFERED || this.#bufferedBytes + length > MAX_BUFFERED_BYTES) {
      // What is given up here comes from the stream. Only from this one on is there no gap in what is held again.
      this.#buffered = [];
      this.#bufferedBytes = 0;
      this.#resumeAt = arrival.data;
    }
    this.#buffered.push(arrival);
    this.#bufferedBytes += length;
  }

  /**
   * Begins to read.
   *
   * @throws as the store
   */
  async begin({ store, name, facts }: HistoryStream, subject: string, signal: AbortSignal): Promise<void> {
    // The stream's times are the broker's, whose clock may be behind the senders' as theirs may be off.
    const from = { storedMs: Math.max(0, this.#clock.nowMs() - this.#sinceMs - this.#skewMs) };
    this.#lastSeq = facts.lastSeq;
    this.#reader = await store.read(name, subject, from, signal);
    if (this.#reader.pending === 0) this.#catchUp();
  }

  /**
   * Reads until it is closed.
   *
   * @throws as the store
   */
  async run(): Promise<void> {
    for await (const { data, seq, pending } of this.#reader ?? []) {
      const taking = this.#judge.takeStored(data, this.#clock.nowMs(), this.#stored);
      if (taking !== undefined) await taking;
      if (this.#asOfMs !== undefined && this.#isCaughtUp(data, seq, pending)) this.#catchUp();
    }
  }

  /** Whether what comes behind this message has arrived live. */
  #isCaughtUp(data: Uint8Array, seq: number, pending: number): boolean {
    if (this.#resumeAt !== undefined) return Buffer.compare(data, this.#resumeAt) === 0;
    return pending === 0 || seq >= this.#lastSeq;
  }

  close(): void {
    this.#reader?.close();
    this.#buffered = [];
  }

  #catchUp(): void {
    const buffered = this.#buffered;
    this.#asOfMs = undefined;
    // From here on the last message of the start says nothing.
    this.#lastSeq = Number.POSITIVE_INFINITY;
    this.#resumeAt = undefined;
    this.#buffered = [];
    this.#bufferedBytes = 0;
    for (const [i, { data, nowMs }] of buffered.entries()) {
      if (this.#judge.takeLive(data, nowMs, this.#live)) continue;
      this.#fallBehind(buffered.slice(i));
      return;
    }
  }
}
