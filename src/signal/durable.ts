// Receiving so that nothing is lost: what the history holds is delivered again until somebody has said that it is done.
//
// Two durable consumers make that up, of the same name: one of the history, one of the requests to run again what was set
// aside, in the coordination stream. What was set aside is written there first, signed, and only then acknowledged, so that
// whatever dies in between the message is either delivered again or named there.

import { setMaxListeners } from 'node:events';
import { durableSubject } from '../protocol/streams.ts';
import type { Delivered, Store, Stored } from '../transport/store.ts';
import { type Candidate, isInWindow, type Refusal, type Refused } from './acceptance.ts';
import { type AcceptedFile, openAcceptedFile } from './accepted-file.ts';
import { openCoordinationStream } from './coordination-stream.ts';
import { Dismissals } from './dismissals.ts';
import type { DurableAct } from './durable-act.ts';
import { DurableEntries } from './durable-entry.ts';
import { type DurableMessage, type Failure, toDurable } from './durable-message.ts';
import { type DurableContext, durableId, retryDelayMs } from './durable-plan.ts';
import { RetryScreen } from './durable-retry.ts';
import { say } from './durable-say.ts';
import { DurableScreen } from './durable-screen.ts';
import { findHistory } from './history-stream.ts';
import { Intake, type Taken } from './intake.ts';
import { LossCounter } from './loss-counter.ts';
import type { ReceiveOptions } from './receive-plan.ts';
import { Receiving } from './received.ts';

/**
 * How long a message may be with somebody who says nothing of it: so long it takes until it is run again when a listener
 * was killed, and so long a listener may be without a connection while a script runs.
 */
const ACK_WAIT_MS = 10_000;

/** What is under way when the receiver's signal is aborted may take so long to end, and to be told: scripts get 5 s. */
const FAREWELL_MS = 10_000;

type Source = 'history' | 'retry';
type Options = Pick<ReceiveOptions, 'signal' | 'onRefused'>;

/** What is to be dealt with, one by one, with `for await`. Each is to be given one of its ends; leaving the loop ends it. */
export class DurableReceiver implements AsyncIterableIterator<DurableMessage> {
  readonly #context: DurableContext;
  readonly #onRefused: ReceiveOptions['onRefused'];
  readonly #refused = new Map<Refusal, number>();
  readonly #losses: LossCounter;
  readonly #receiving: Receiving;
  readonly #entries: DurableEntries;
  /** aborted when no more is to come */
  readonly #ended: AbortController;
  /** aborted some time after the receiver's signal */
  readonly #silenced = new AbortController();
  readonly #working = new Set<string>();
  readonly #dismissals = new Dismissals(this.#silenced.signal);
  readonly #store: Store;
  readonly #coordinationName: string;
  readonly #intake: Intake<Source>;
  readonly #screen: DurableScreen;
  readonly #accepted: AcceptedFile;
  readonly #retryScreen: RetryScreen;
  readonly #isStopped: () => boolean;

  private constructor(
    context: DurableContext,
    { signal, onRefused }: Options,
    source: {
      store: Store;
      historyName: string;
      coordinationName: string;
      intake: Intake<Source>;
      ended: AbortController;
    },
  ) {
    const { config, plan, transport, clock, onNotice } = context;
    const { filter, subject } = plan.receive;
    const { store, historyName, coordinationName } = source;
    this.#context = context;
    this.#onRefused = onRefused;
    this.#losses = new LossCounter(onNotice);
    this.#receiving = new Receiving(config, transport, clock, filter.destination, signal);
    this.#entries = new DurableEntries(config);
    this.#store = store;
    this.#coordinationName = coordinationName;
    this.#intake = source.intake;
    this.#ended = source.ended;
    const ended = this.#ended.signal;
    // All that is under way listens; the default limit is there to find leaks.
    setMaxListeners(0, ended, this.#silenced.signal);
    this.#accepted = openAcceptedFile(config);
    this.#screen = new DurableScreen(config, filter, { store, stream: historyName, subject }, ended);
    this.#retryScreen = new RetryScreen(this.#entries, plan.consumer, config, {
      store,
      historyName,
      coordinationName,
      subject,
      ended,
    });
    this.#isStopped = () => signal?.aborted === true;
    signal?.addEventListener('abort', () => this.#stop(), { signal: this.#silenced.signal });
    if (signal?.aborted) this.#stop();
  }

  /**
   * Joins those who share the name, or begins.
   *
   * @throws as `Node.consume`
   */
  static async open(context: DurableContext, options: Options): Promise<DurableReceiver> {
    const { config, plan, transport, clock } = context;
    const { consumer, receive } = plan;
    const { signal } = options;
    const store = await transport.openStore(signal);
    const history = await findHistory(store, config, receive.channel, signal);
    const coordination = await openCoordinationStream(store, config.subject, signal);
    const ended = new AbortController();
    const settings = { name: consumer, ackWaitMs: ACK_WAIT_MS };
    // First what could not be asked for before there is the other.
    const retrySubject = durableSubject(config.subject, consumer, 'retry');
    const retry = await store.consume(
      coordination.name,
      { ...settings, subject: retrySubject, from: undefined },
      signal,
    );
    const { sinceMs, subject } = receive;
    const from = sinceMs === undefined ? undefined : { storedMs: Math.max(0, clock.nowMs() - sinceMs) };
    const messages = await store.consume(history.name, { ...settings, subject, from }, signal);
    const intake = new Intake<Source>({ retry, history: messages });
    return new DurableReceiver(context, options, {
      store,
      historyName: history.name,
      coordinationName: coordination.name,
      intake,
      ended,
    });
  }

  /** how many messages were not acted on so far, by the check that refused them */
  get refused(): ReadonlyMap<Refusal, number> {
    return this.#refused;
  }

  /** how many accepted messages the consumer has not taken: they stay with the broker */
  get waiting(): number {
    return 0;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<DurableMessage>> {
    try {
      for (let taken = await this.#intake.next(); taken !== undefined; taken = await this.#intake.next()) {
        const message = await this.#judge(taken);
        if (message !== undefined) return { done: false, value: message };
      }
    } catch (error) {
      const isOver = this.#isStopped() || this.#ended.signal.aborted;
      this.#end();
      if (!isOver) throw error;
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<DurableMessage>> {
    this.#end();
    return { done: true, value: undefined };
  }

  /** undefined: it is not to be acted on */
  async #judge(taken: Taken<Source>): Promise<DurableMessage | undefined> {
    const { source, delivered, release } = taken;
    const name = `${source}:${delivered.seq}`;
    // Delivered again while the connection was lost: what is under way will say how it ended.
    if (this.#working.has(name)) {
      release();
      return undefined;
    }
    try {
      const ready = source === 'history' ? await this.#check(delivered) : await this.#checkRetry(delivered);
      if (ready === undefined) {
        await this.#dismissals.dismiss(delivered);
      } else if (await this.#isNoted(ready.candidate, delivered)) {
        this.#working.add(name);
        return this.#toMessage(ready, taken, name);
      }
    } catch (error) {
      release();
      throw error;
    }
    release();
    return undefined;
  }

  /**
   * Receivers that only listen, and start later, are not to act on its bytes for as long as they would pass there.
   *
   * @returns false when no more is to be dealt with: it was given back
   * @throws StateError, having given it back
   */
  async #isNoted({ message, hash }: Candidate, delivered: Delivered): Promise<boolean> {
    const { config, clock } = this.#context;
    try {
      if (!this.#ended.signal.aborted && isInWindow(message.timeNs, clock.nowMs(), config.allowSkewMs)) {
        await this.#accepted.add([hash], clock.nowMs());
      }
    } catch (error) {
      await delivered.again(0, this.#silenced.signal).catch(() => {});
      throw error;
    }
    if (!this.#ended.signal.aborted) return true;
    await delivered.again(0, this.#silenced.signal);
    return false;
  }

  async #check(stored: Stored): Promise<{ candidate: Candidate; seq: number; hash: string } | undefined> {
    const judgement = await this.#screen.judge(stored);
    if ('candidate' in judgement) {
      const { candidate } = judgement;
      return { candidate, seq: stored.seq, hash: Buffer.from(candidate.hash).toString('hex') };
    }
    this.#refuse(judgement.refusal, judgement.describe);
    return undefined;
  }

  /** What is asked to be run again must pass every check once more. */
  async #checkRetry(stored: Delivered): Promise<{ candidate: Candidate; seq: number; hash: string } | undefined> {
    const asked = await this.#retryScreen.judge(stored);
    if ('fault' in asked) {
      this.#losses.count('ignored: a request to run a message again', asked.fault);
      return undefined;
    }
    const ready = await this.#check(asked.message);
    if (ready === undefined || this.#entries.mayUse(asked.entry, ready.candidate.verb)) return ready;
    const { by } = asked.entry;
    this.#losses.count('ignored: a request to run a message again', `by ${by}, who may not use its verb`);
    return undefined;
  }

  #refuse(refusal: Refusal, describe: () => Refused): void {
    this.#refused.set(refusal, (this.#refused.get(refusal) ?? 0) + 1);
    this.#onRefused?.(refusal, describe);
  }

  #toMessage(
    { candidate, seq, hash }: { candidate: Candidate; seq: number; hash: string },
    { source, delivered, release }: Taken<Source>,
    name: string,
  ): DurableMessage {
    const { plan, onNotice } = this.#context;
    const id = durableId(plan.consumer, seq);
    return toDurable(this.#receiving.toReceived(candidate), id, delivered, {
      signal: this.#silenced.signal,
      onDone: async (signal) => {
        if (source === 'retry') await this.#say({ kind: 'done', seq, hash }, signal);
      },
      onFailed: async (exitCode, signal): Promise<Failure> => {
        const { attempt } = delivered;
        if (attempt <= plan.retries) return { kind: 'again', delayMs: retryDelayMs(attempt) };
        await this.#say({ kind: 'failed', seq, hash, attempts: attempt, exitCode }, signal);
        return { kind: 'set-aside' };
      },
      onEnd: () => {
        release();
        this.#working.delete(name);
      },
      onUntold: () =>
        onNotice({ kind: 'loss', text: `the server could not be told how ${id} ended: it will be run again` }),
    });
  }

  async #say(act: DurableAct, signal: AbortSignal): Promise<void> {
    const { config, plan, clock } = this.#context;
    const saying = { config, entries: this.#entries, store: this.#store, stream: this.#coordinationName, clock };
    await say(saying, plan.consumer, act, config.defaultIdentity, signal);
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#intake.close();
    this.#screen.close();
    this.#accepted.close();
    this.#retryScreen.close();
    this.#losses.finish();
  }

  #stop(): void {
    this.#end();
    setTimeout(() => this.#silenced.abort(), FAREWELL_MS).unref();
  }
}
