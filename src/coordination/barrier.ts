// A barrier as a program uses it: arrive, wait until the round is complete, and say that one passes before going on.

import type { Config, Identity } from '../config/config.ts';
import { barrierSubject, streamName } from '../protocol/streams.ts';
import type { Clock } from '../signal/clock.ts';
import { openCoordinationStream } from '../signal/coordination-stream.ts';
import type { OnNotice } from '../signal/notice.ts';
import type { Store } from '../transport/store.ts';
import { type BarrierAct, encodeBarrierAct, parseBarrierAct } from './barrier-act.ts';
import { BarrierState, type Round } from './barrier-state.ts';
import type { Entry } from './entry.ts';
import { createRunUuid, Journal } from './journal.ts';
import { Trust } from './trust.ts';

/** A barrier, by a broker, and this run at it. */
export interface BarrierSettings {
  config: Config;
  store: Store;
  clock: Clock;
  onNotice: OnNotice;
  name: string;
  /** in lower case */
  verb: string;
  /** may use the verb */
  identity: Identity;
  /** how many a round needs */
  parties: number;
}

/** How long to try to say that this run leaves, or passes, when its time is over. */
const LAST_WORDS_MS = 5000;

/** One run at a barrier. */
export class Barrier {
  readonly #settings: BarrierSettings;
  readonly #journal: Journal<BarrierAct>;
  readonly #trust: Trust;
  readonly #state = new BarrierState();
  readonly #uuid = createRunUuid();
  readonly #told = new Set<number>();
  #hasArrived = false;
  #round: Round | undefined;
  #failure: Error | undefined;
  #isDisplaced = false;
  #wake = () => {};

  constructor(settings: BarrierSettings) {
    const { config, store, clock, onNotice, name, verb } = settings;
    this.#settings = settings;
    this.#trust = new Trust(config, verb);
    this.#journal = new Journal({
      store,
      stream: streamName(config.subject, 'coordination'),
      subject: barrierSubject(config.subject, name),
      title: `barrier ${name}`,
      trust: this.#trust,
      clock,
      onNotice,
      encode: encodeBarrierAct,
      parse: parseBarrierAct,
      onEntry: (entry) => this.#take(entry),
      onEnd: (error) => {
        this.#failure = error;
        this.#wake();
      },
    });
  }

  /** Whether this run has arrived. */
  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** Who is there of this run's round, in order of arrival. */
  get arrived(): string[] {
    return this.#round?.parties ?? this.#state.arrived(this.#settings.parties);
  }

  /** The peers that may use the verb and are not there. */
  get missing(): string[] {
    const { arrived } = this;
    return this.#trust.others().filter((name) => !arrived.includes(name));
  }

  /**
   * Arrives, waits until the round is complete, and passes.
   *
   * @param signal gives up waiting when aborted
   * @param keep asked when the round was completed as the signal was aborted: whether to leave the pass to the next run
   * @returns the round; undefined when it was given up
   * @throws TransportError; the signal's reason when it was aborted before the broker could be told that this run leaves
   */
  async pass(signal: AbortSignal, keep: () => boolean): Promise<Round | undefined> {
    const { config, store } = this.#settings;
    await openCoordinationStream(store, config.subject, signal);
    await this.#journal.open({ seq: 1 }, signal);
    try {
      await this.#wait(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      await this.#say({ kind: 'leave' }, AbortSignal.timeout(LAST_WORDS_MS)).catch(() => {
        throw error;
      });
      if (this.#round === undefined || keep()) return undefined;
    }
    const round = this.#round as Round;
    const until = signal.aborted ? AbortSignal.timeout(LAST_WORDS_MS) : signal;
    await this.#say({ kind: 'pass', round: round.seq }, until);
    this.#journal.close();
    return round;
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { parties } = this.#settings;
    do {
      this.#isDisplaced = false;
      await this.#say({ kind: 'arrive', parties }, signal);
      await this.#untilWoken(signal);
      if (this.#failure) throw this.#failure;
      // Another run of this party took this one's place, and has left.
    } while (this.#round === undefined);
  }

  #untilWoken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#wake = () => {
        if (this.#round === undefined && this.#failure === undefined && !this.#isDisplaced) return;
        signal.removeEventListener('abort', abort);
        resolve();
      };
      this.#wake();
    });
  }

  async #say(act: BarrierAct, signal: AbortSignal): Promise<void> {
    const { refusal } = await this.#journal.insist(act, this.#settings.identity, this.#uuid, signal);
    if (refusal !== undefined) throw new Error(`an entry of this node's own is refused: ${refusal}`);
  }

  #take(entry: Entry<BarrierAct>): void {
    const { config, parties } = this.#settings;
    const isOwn = entry.uuid === Buffer.from(this.#uuid).toString('hex');
    if (isOwn && entry.act.kind === 'arrive') this.#hasArrived = true;
    const outcome = this.#state.apply(entry);
    if (this.#hasArrived && this.#round === undefined) {
      const isMine = outcome.kind === 'complete' ? outcome.round.parties.includes(config.destination) : isOwn;
      if (isMine && (outcome.kind === 'complete' || outcome.kind === 'returned')) this.#round = outcome.round;
      this.#isDisplaced = !this.#state.arrived(parties).includes(config.destination);
      this.#tellOtherSizes();
    }
    this.#wake();
  }

  #tellOtherSizes(): void {
    const { parties, name, onNotice } = this.#settings;
    for (const size of this.#state.otherSizes(parties)) {
      if (this.#told.has(size)) continue;
      this.#told.add(size);
      const who = this.#state.arrived(size).join(', ');
      onNotice({
        kind: 'loss',
        text: `barrier ${name}: ${who} waits for ${size} parties, and this run for ${parties}`,
      });
    }
  }
}
