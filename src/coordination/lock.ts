// A lock as a program uses it: its entries are followed, and any number of claims can be made on it.

import type { Config } from '../config/config.ts';
import { lockSubject, streamName } from '../protocol/streams.ts';
import type { Clock } from '../signal/clock.ts';
import { openCoordinationStream } from '../signal/coordination-stream.ts';
import type { OnNotice } from '../signal/notice.ts';
import type { Store } from '../transport/store.ts';
import { Journal } from './journal.ts';
import { encodeLockAct, type LockAct, parseLockAct } from './lock-act.ts';
import { type Claim, LockState, READ_BACK_MS } from './lock-state.ts';
import { pruneLock } from './prune-lock.ts';
import { type ClaimSettings, SlotClaim } from './slot-claim.ts';
import { Trust } from './trust.ts';

/** A lock, by a broker. */
export interface LockSettings {
  config: Config;
  store: Store;
  clock: Clock;
  onNotice: OnNotice;
  name: string;
  /** in lower case */
  verb: string;
  /** gives up opening it when aborted */
  signal?: AbortSignal | undefined;
}

/** The entries of one lock, followed. */
export class Lock {
  readonly #journal: Journal<LockAct>;
  readonly #claims = new Set<SlotClaim>();
  readonly #onNotice: OnNotice;
  readonly #told = new Set<number>();
  /** as this run's claims have it */
  #slots: number | undefined;
  #state = new LockState();
  readonly #onChange = new Set<() => void>();
  readonly name: string;

  private constructor({ config, store, clock, onNotice, name, verb }: LockSettings) {
    this.name = name;
    this.#onNotice = onNotice;
    this.#journal = new Journal({
      store,
      stream: streamName(config.subject, 'coordination'),
      subject: lockSubject(config.subject, name),
      title: `lock ${name}`,
      trust: new Trust(config, verb),
      clock,
      onNotice,
      encode: encodeLockAct,
      parse: parseLockAct,
      prune: pruneLock,
      onFirst: (seq) => this.#state.begin(seq),
      onTime: (storedMs) => this.#state.advance(storedMs),
      onEntry: (entry) => {
        this.#state.apply(entry);
        this.#tellOtherSlots();
        this.#tell();
      },
      onEnd: () => {
        for (const claim of this.#claims) claim.lose('no-stream');
      },
    });
  }

  /**
   * Opens a lock and reads what has been said of it.
   *
   * @throws TransportError; the signal's reason when it is aborted
   */
  static async open(settings: LockSettings): Promise<Lock> {
    const { config, store, signal } = settings;
    const lock = new Lock(settings);
    const { firstMs, lastMs = 0 } = await openCoordinationStream(store, config.subject, signal);
    const storedMs = lastMs - READ_BACK_MS;
    const isAll = firstMs === undefined || firstMs >= storedMs;
    lock.#state = new LockState(isAll ? undefined : storedMs);
    await lock.#journal.open(isAll ? { seq: 1 } : { storedMs }, signal);
    return lock;
  }

  /** The claims that are alive, in order. */
  queue(): Claim[] {
    return this.#state.queue();
  }

  /** The claims whose turn it is. */
  holders(): Claim[] {
    return this.#state.holders();
  }

  /** A claim, which takes its place in the queue when it is begun. */
  claim(settings: ClaimSettings): SlotClaim {
    this.#slots = settings.slots;
    const claim = new SlotClaim(settings, {
      journal: this.#journal,
      state: this.#state,
      listen: (listener) => {
        this.#onChange.add(listener);
        return () => this.#onChange.delete(listener);
      },
    });
    this.#claims.add(claim);
    return claim;
  }

  /** Stops following. */
  close(): void {
    this.#journal.close();
  }

  /** Tells once of each number of slots that somebody else goes by. */
  #tellOtherSlots(): void {
    if (this.#slots === undefined) return;
    for (const { party, slots } of this.#state.queue()) {
      if (slots === this.#slots || this.#told.has(slots)) continue;
      this.#told.add(slots);
      const text = `lock ${this.name}: ${party} wants it to have --slots ${slots}, this run ${this.#slots}; the fewest count`;
      this.#onNotice({ kind: 'loss', text });
    }
  }

  #tell(): void {
    for (const listener of this.#onChange) listener();
  }
}
