// One claim of a slot, from its place in the queue to its release. It is refreshed while it waits and while it holds.
// Whether it is its turn is decided on an entry of its own as that comes back from the stream, never by this machine's
// clock. The clock is only for stopping early: at half the ttl after the last refresh that came back was sent, the slot
// counts as lost here, long before anybody else can have it.

import { setTimeout as delay } from 'node:timers/promises';
import type { Identity } from '../config/config.ts';
import { monotonicMs } from '../signal/clock.ts';
import { TransportError } from '../transport/errors.ts';
import { createRunUuid, type Journal, type Written } from './journal.ts';
import type { LockAct } from './lock-act.ts';
import { expiryMs, type LockState } from './lock-state.ts';

/** How a slot is claimed. */
export interface ClaimSettings {
  /** may use the verb */
  identity: Identity;
  slots: number;
  ttlMs: number;
}

/** What a claim is made on. */
export interface ClaimGround {
  journal: Journal<LockAct>;
  state: LockState;
  /** has a function called after every valid entry, until what it returns is called */
  listen(listener: () => void): () => void;
}

/** Why a slot is not held any more. */
export type Loss =
  /** no refresh came back for half the ttl */
  | 'not-refreshed'
  /** the same, because this host's clock makes them invalid */
  | 'clock'
  /** the store says that the claim is over */
  | 'over'
  /** the stream cannot be read any more */
  | 'no-stream';

/** A refresh is sent so many times within a ttl. */
const REFRESHES = 3;
/** A little later than when a claim ends, so that it has ended. */
const LATE_MS = 2;
/** Between refreshes that fail at once, or come too early because the store's clock was set back. */
const RETRY_MS = 200;

/** A claim of one slot. */
export class SlotClaim {
  readonly #settings: ClaimSettings;
  readonly #ground: ClaimGround;
  readonly #lost = new AbortController();
  readonly #done = new AbortController();
  #uuid = createRunUuid();
  #seq = 0;
  /** by the monotonic clock: when the last entry that came back was sent */
  #sentMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #onRefreshed = () => {};
  /** why it is lost if no refresh comes back in time */
  #impending: Loss = 'not-refreshed';

  constructor(settings: ClaimSettings, ground: ClaimGround) {
    this.#settings = settings;
    this.#ground = ground;
  }

  /** Its place in the stream, once it is made; for who holds the slot: the fence. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether an entry of its own has shown that it is its turn, and nothing that it is over. */
  get isHeld(): boolean {
    return this.#ground.state.find(this.#seq)?.heldMs !== undefined;
  }

  /** By the monotonic clock: when what needs the slot must begin to stop unless a refresh comes back before. */
  get stopAtMs(): number {
    return this.#sentMs + this.#settings.ttlMs / 2;
  }

  /** Aborted when the slot is lost; its reason is a `Loss`. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Takes a place in the queue.
   *
   * @throws TransportError; the signal's reason when it is aborted: the claim may be made even so, until its release
   */
  async begin(signal?: AbortSignal): Promise<void> {
    const { identity, slots, ttlMs } = this.#settings;
    this.#uuid = createRunUuid();
    this.#take(await this.#ground.journal.insist({ kind: 'claim', slots, ttlMs }, identity, this.#uuid, signal));
  }

  /**
   * Waits for its turn, and holds the slot from then on.
   *
   * @throws as `begin`
   */
  async obtain(signal?: AbortSignal): Promise<void> {
    while (!this.isHeld || monotonicMs() >= this.stopAtMs) {
      const isAlive = this.#ground.state.find(this.#seq) !== undefined;
      if (isAlive && !this.isHeld) await this.#untilWorthAsking(signal);
      // One that was away for too long has lost its place.
      if (this.#ground.state.find(this.#seq) === undefined) await this.begin(signal);
      else await this.#refresh(signal);
    }
    void this.#hold();
  }

  /** Has a function called whenever `stopAtMs` has moved. */
  onRefreshed(listener: () => void): void {
    this.#onRefreshed = listener;
  }

  /** The slot is not to be relied on any more. */
  lose(loss: Loss): void {
    clearTimeout(this.#timer);
    if (!this.#done.signal.aborted) this.#lost.abort(loss);
  }

  /** Neither refreshes nor gives back: it is over when its ttl is. */
  abandon(): void {
    this.#done.abort();
    clearTimeout(this.#timer);
  }

  /** Gives the slot back, or the place in the queue; whether the store has confirmed it within that time. */
  async release(withinMs: number): Promise<boolean> {
    this.abandon();
    const { journal } = this.#ground;
    const signal = AbortSignal.timeout(withinMs);
    try {
      await journal.insist({ kind: 'release' }, this.#settings.identity, this.#uuid, signal);
      return true;
    } catch {
      return false;
    }
  }

  async #hold(): Promise<void> {
    const { state, listen } = this.#ground;
    const ignore = listen(() => {
      if (state.find(this.#seq) === undefined) this.lose('over');
    });
    this.#armStop();
    const stop = AbortSignal.any([this.#done.signal, this.#lost.signal]);
    while (!stop.aborted) {
      const leftMs = this.#sentMs + this.#settings.ttlMs / REFRESHES - monotonicMs();
      await delay(Math.max(0, leftMs), undefined, { signal: stop }).catch(() => {});
      if (stop.aborted) break;
      // Whatever is wrong: the slot is lost in time if it stays so.
      await this.#refresh(stop).catch((error: unknown) => {
        const isClock = error instanceof TransportError && error.code === 'clock';
        this.#impending = isClock ? 'clock' : 'not-refreshed';
        return delay(RETRY_MS);
      });
    }
    ignore();
  }

  #armStop(): void {
    clearTimeout(this.#timer);
    if (this.#done.signal.aborted || this.#lost.signal.aborted) return;
    const leftMs = this.stopAtMs - monotonicMs();
    if (leftMs <= 0) this.lose(this.#impending);
    else this.#timer = setTimeout(() => this.#armStop(), Math.ceil(leftMs));
  }

  async #refresh(signal: AbortSignal | undefined): Promise<void> {
    const { journal, state } = this.#ground;
    const { identity, slots, ttlMs } = this.#settings;
    const { claimedMs = 0, heldMs = 0 } = state.find(this.#seq) ?? {};
    const act = { kind: 'refresh', claim: this.#seq, slots, ttlMs, claimedMs, heldMs } as const;
    this.#take(await journal.insist(act, identity, this.#uuid, signal));
  }

  #take({ entry, refusal, sentMs }: Written<LockAct>): void {
    if (entry === undefined) throw new Error(`an entry of this node's own is refused: ${refusal}`);
    if (entry.act.kind === 'claim') this.#seq = entry.seq;
    if (this.#ground.state.find(this.#seq) === undefined) return;
    this.#sentMs = sentMs;
    this.#impending = 'not-refreshed';
    if (this.#timer !== undefined) this.#armStop();
    this.#onRefreshed();
  }

  /** Waits until an entry of its own may show that it is its turn, or a refresh is due. */
  #untilWorthAsking(signal: AbortSignal | undefined): Promise<void> {
    const { state, listen } = this.#ground;
    const { ttlMs } = this.#settings;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        ignore();
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = () => finish(() => reject(signal?.reason));
      const look = () => {
        clearTimeout(timer);
        if (state.find(this.#seq) === undefined || state.isTurn(this.#seq)) return finish(resolve);
        const sinceMs = monotonicMs() - this.#sentMs;
        const leftMs = Math.min(ttlMs / REFRESHES - sinceMs, Math.max(this.#turnInMs(), RETRY_MS - sinceMs));
        timer = setTimeout(() => finish(resolve), Math.max(0, Math.ceil(leftMs)));
      };
      const ignore = listen(look);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      look();
    });
  }

  /** How long until it may be its turn because nobody has heard of those before it for too long. */
  #turnInMs(): number {
    const { state, journal } = this.#ground;
    const queue = state.queue();
    const place = queue.findIndex(({ seq }) => seq === this.#seq);
    const upToHere = queue.slice(0, place + 1);
    const slots = Math.min(...upToHere.map((claim) => claim.slots));
    const endsMs = upToHere
      .slice(0, place)
      .map(expiryMs)
      .sort((a, b) => a - b);
    return (endsMs[place - slots] ?? Number.POSITIVE_INFINITY) - journal.storeNowMs + LATE_MS;
  }
}
