import type { Config } from '../config/config.ts';
import { parseMessage } from '../protocol/message.ts';
import type { Subscription, Transport } from '../transport/transport.ts';
import { Acceptance, type Candidate, isInWindow, type NotActed, type Refusal, type Rule } from './acceptance.ts';
import { type AcceptedFile, openAcceptedFile } from './accepted-file.ts';
import type { Clock } from './clock.ts';
import { FairRoom } from './fair-room.ts';
import { Inbox } from './inbox.ts';
import { LossCounter } from './loss-counter.ts';
import type { OnNotice } from './notice.ts';
import { OrderedVerifier } from './ordered-verifier.ts';
import type { ReceivedMessage, ReceiveOptions, ReceivePlan } from './receive-plan.ts';
import { Receiving } from './received.ts';
import { Recorder } from './recorder.ts';
import { rehearse } from './rehearse.ts';
import { ReplayMemory } from './replay-memory.ts';
import type { SinceReading } from './since.ts';

/** Accepted messages that may wait for the consumer, and their payloads; further ones are dropped with a notice. */
export const MAX_WAITING_MESSAGES = 1024;
const MAX_WAITING_MIB = 64;

/** What arrived may wait so for its verification: of what comes faster, more that waits is only more memory. */
const MAX_UNVERIFIED = 8192;
const MAX_UNVERIFIED_BYTES = 8 * 1024 * 1024;

/** A disk that has not written for so long when a receiver is to end is not waited for any more. */
const WRITING_MS = 5000;

/** What was kept may be so far ahead of the consumer, in messages and in their bytes: all of it is there to be read later. */
const STORED_AHEAD = MAX_WAITING_MESSAGES;
const STORED_AHEAD_BYTES = 8 * 1024 * 1024;

/** A message whose signature is being verified. */
interface Submitted {
  candidate: Candidate;
  /** by which it was screened, where that is not the rule for what arrives */
  rule: Rule | undefined;
  /** whether it comes from the stream, which has it once only and keeps it */
  isStored: boolean;
}

/** Accepted messages in the order of their arrival, with `for await`. Leaving the loop ends the subscription. */
export class Receiver implements AsyncIterable<ReceivedMessage> {
  /**
   * resolves once the server has confirmed the subscription: from then on no message is missed while connected; with
   * `sinceMs`, once the reading of what is kept has begun as well
   */
  readonly ready: Promise<void>;
  readonly #config: Config;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #receiving: Receiving;
  readonly #acceptance: Acceptance;
  readonly #verifier: OrderedVerifier<Submitted>;
  /** for what arrived and is not verified; what comes from the stream has room of its own */
  readonly #unverified = new FairRoom(MAX_UNVERIFIED, MAX_UNVERIFIED_BYTES);
  readonly #losses: LossCounter;
  readonly #inbox: Inbox<ReceivedMessage>;
  readonly #recorder: Recorder<Candidate>;
  readonly #plan: ReceivePlan;
  #subscription: Subscription | undefined;
  #since: SinceReading | undefined;
  #accepted: AcceptedFile | undefined;
  /** payloads that the consumer has not taken */
  #waitingBytes = 0;
  #onRoom = () => {};
  readonly #ended = new AbortController();
  readonly #refused = new Map<Refusal, number>();
  readonly #onRefused: ReceiveOptions['onRefused'];

  constructor(
    config: Config,
    plan: ReceivePlan,
    transport: Transport,
    clock: Clock,
    onNotice: OnNotice,
    { signal, onRefused }: ReceiveOptions,
  ) {
    this.#onRefused = onRefused;
    this.#config = config;
    this.#transport = transport;
    this.#clock = clock;
    this.#plan = plan;
    this.#receiving = new Receiving(config, transport, clock, plan.filter.destination, signal);
    const memory = new ReplayMemory(config.allowSkewMs, undefined, (hash) => this.#wasAccepted(hash));
    this.#acceptance = new Acceptance(config.peers, plan.filter, config.allowSkewMs, memory);
    this.#verifier = new OrderedVerifier(
      ({ candidate }) => this.#acceptance.verify(candidate),
      (submitted, valid) => this.#deliver(submitted, valid),
    );
    this.#losses = new LossCounter(onNotice);
    this.#inbox = new Inbox(
      () => this.#end(),
      ({ payload }) => {
        this.#waitingBytes -= payload.length;
        this.#onRoom();
      },
    );
    this.#recorder = new Recorder(
      async (hashes) => this.#accepted?.add(hashes, clock.nowMs()),
      (candidate) => this.#inbox.push(this.#receiving.toReceived(candidate)),
    );
    this.ready =
      plan.sinceMs === undefined
        ? this.#listen((data) => this.#take(data), signal)
        : this.#readSince(plan.sinceMs, signal);
    // Meanwhile: by the time that the first message comes, what it takes to verify it is there.
    rehearse(config.defaultIdentity.keys, () => this.#accepted?.rehearse()).catch(() => {});
    this.ready.catch((error: Error) => this.#end(signal?.aborted ? undefined : error));
    signal?.addEventListener('abort', () => this.#end(), { signal: this.#ended.signal });
    if (signal?.aborted) this.#end();
  }

  /**
   * how many messages were not acted on so far, by the check that refused them, or for want of room; with those that were
   * accepted they are all that arrived
   */
  get refused(): ReadonlyMap<Refusal, number> {
    return this.#refused;
  }

  /** how many accepted messages the consumer has not taken */
  get waiting(): number {
    return this.#recorder.size + this.#inbox.size;
  }

  [Symbol.asyncIterator](): AsyncIterator<ReceivedMessage> {
    return this.#inbox;
  }

  /** Resolves once the server has confirmed the subscription. */
  async #listen(onData: (data: Uint8Array) => void, signal: AbortSignal | undefined): Promise<void> {
    // Before: what comes from here on may be new to this receiver although another one has just accepted it.
    this.#accepted = openAcceptedFile(this.#config);
    this.#subscription = this.#transport.subscribe(this.#plan.subject, {
      onDelivery: ({ data }) => onData(data),
      onEnd: (error) => this.#end(error),
    });
    await this.#transport.confirm(signal);
  }

  /** Resolves once the reading of what is kept has begun too. */
  async #readSince(sinceMs: number, signal: AbortSignal | undefined): Promise<void> {
    const [{ SinceReading }, { findHistory }] = await Promise.all([
      import('./since.ts'),
      import('./history-stream.ts'),
    ]);
    const ended = this.#ended.signal;
    ended.throwIfAborted();
    const since = new SinceReading(sinceMs, this.#config.allowSkewMs, this.#clock, {
      takeLive: (data, nowMs, rule) => this.#takeLive(data, nowMs, rule),
      takeStored: (data, nowMs, rule) => this.#takeStored(data, nowMs, rule),
      wasAccepted: (hash) => this.#wasAccepted(hash),
    });
    this.#since = since;
    await this.#listen((data) => since.hear(data), signal);
    const store = await this.#transport.openStore(ended);
    const stream = await findHistory(store, this.#config, this.#plan.channel, ended);
    await since.begin(stream, this.#plan.subject, ended);
    since.run().catch((error: Error) => this.#end(error));
  }

  #take(data: Uint8Array): void {
    if (this.#ended.signal.aborted) return;
    const candidate = this.#acceptance.screen(data, this.#clock.nowMs());
    if (typeof candidate === 'string') {
      this.#refuse(candidate, data, undefined);
    } else if (this.#unverified.take(candidate.sender.publicKey, data.length)) {
      detach(candidate);
      this.#verifier.submit({ candidate, rule: undefined, isStored: false }, data.length);
    } else {
      this.#losses.count('message dropped: they arrive faster than signatures can be verified');
      this.#refuse('unverified', data, undefined);
    }
  }

  /** With --since: what is refused here is judged again, and reported, when it comes from the stream. */
  #takeLive(data: Uint8Array, nowMs: number, rule: Rule): boolean {
    if (this.#ended.signal.aborted) return true;
    const candidate = this.#acceptance.screen(data, nowMs, rule);
    return typeof candidate === 'string' || this.#submitIfRoom({ candidate, rule, isStored: false });
  }

  #takeStored(data: Uint8Array, nowMs: number, rule: Rule): Promise<void> | undefined {
    const candidate = this.#acceptance.screen(data, nowMs, rule);
    if (typeof candidate === 'string') {
      this.#refuse(candidate, data, rule);
      return undefined;
    }
    const submitted = { candidate, rule, isStored: true };
    return this.#submitIfRoom(submitted) ? undefined : this.#submitWhenRoom(submitted);
  }

  #submitIfRoom(submitted: Submitted): boolean {
    const sizeBytes = submitted.candidate.message.bytes.length;
    const aheadBytes = this.#waitingBytes + this.#verifier.sizeBytes;
    if (this.waiting + this.#verifier.size >= STORED_AHEAD) return false;
    if (aheadBytes > 0 && aheadBytes + sizeBytes > STORED_AHEAD_BYTES) return false;
    return this.#verifier.submit(submitted, sizeBytes);
  }

  async #submitWhenRoom(submitted: Submitted): Promise<void> {
    while (!this.#ended.signal.aborted && !this.#submitIfRoom(submitted)) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
  }

  #deliver({ candidate, rule, isStored }: Submitted, valid: boolean): void {
    if (this.#ended.signal.aborted) return;
    this.#onRoom();
    const { message, sender } = candidate;
    if (rule === undefined) this.#unverified.give(sender.publicKey, message.bytes.length);
    // With --since there was room for it before it was verified.
    const full = rule === undefined ? this.#waitingTooMuch(message.payload.length) : undefined;
    const comesAgain = rule !== undefined && !isStored;
    const reason = valid ? this.#acceptance.settle(candidate, this.#clock.nowMs(), rule) : 'bad-signature';
    if (reason !== undefined) {
      if (!comesAgain) this.#refuse(reason, message.bytes, rule);
    } else if (full === undefined) {
      this.#waitingBytes += message.payload.length;
      const isNews = isInWindow(message.timeNs, this.#clock.nowMs(), this.#config.allowSkewMs);
      this.#record(candidate, rule === undefined || isNews);
    } else {
      this.#losses.count(`message dropped: ${full} are waiting already`);
      this.#refuse('no-room', message.bytes, rule);
    }
  }

  /** What is waiting, when that is too much for a further payload; undefined: there is room for it. */
  #waitingTooMuch(sizeBytes: number): string | undefined {
    if (this.waiting >= MAX_WAITING_MESSAGES) return `${MAX_WAITING_MESSAGES}`;
    if (this.#waitingBytes > 0 && this.#waitingBytes + sizeBytes > MAX_WAITING_MIB * 2 ** 20) {
      return `${MAX_WAITING_MIB} MiB`;
    }
    return undefined;
  }

  /** What is kept and too old to be accepted by who only listens is of no use to those that start later. */
  #record(candidate: Candidate, isToBeKnown: boolean): void {
    const writing = this.#recorder.add(candidate, isToBeKnown ? candidate.hash : undefined);
    writing?.catch((error: Error) => this.#end(error));
  }

  #refuse(reason: NotActed, bytes: Uint8Array, rule: Rule | undefined): void {
    if (reason === 'delivered') return;
    this.#count(reason, 1);
    if (reason === 'memory-full') this.#losses.count('message dropped: too many to remember');
    this.#onRefused?.(reason, () => this.#acceptance.describe(bytes, reason, this.#clock.nowMs(), rule));
  }

  #wasAccepted(hash: Uint8Array): boolean {
    return this.#accepted?.has(hash) === true;
  }

  #count(reason: Refusal, count: number): void {
    if (count > 0) this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + count);
  }

  #end(error?: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#count('unverified', this.#unverified.items);
    this.#subscription?.close();
    this.#since?.close();
    this.#onRoom();
    const finish = (failure = error) => {
      clearTimeout(limit);
      this.#accepted?.close();
      this.#inbox.end(failure);
      this.#losses.finish();
    };
    let limit: NodeJS.Timeout | undefined;
    const { writing } = this.#recorder;
    if (writing === undefined) {
      finish();
      return;
    }
    // What is on its way to the disk has been accepted: it comes before the end, unless the disk does not answer.
    limit = setTimeout(() => finish(this.#accepted?.toError('the disk does not answer')), WRITING_MS);
    writing.then(() => finish(), finish);
  }
}

/** Has a candidate hold bytes of its own where they are part of a larger piece that was read, and hold all of that. */
function detach(candidate: Candidate): void {
  const { bytes } = candidate.message;
  if (bytes.buffer.byteLength > 2 * bytes.length) candidate.message = parseMessage(Buffer.from(bytes));
}
