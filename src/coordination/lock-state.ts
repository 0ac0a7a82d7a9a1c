// Who holds a lock and who waits, as the valid entries of its subject in their order say. Time is the store's, and never
// goes back. A claim is alive until its release, and as long as each refresh comes within its ttl after the one before; the
// queue is the claims that are alive, by their place in the stream. What is said of a claim that is not alive changes
// nothing, so that a holder who was away too long cannot come back.
//
// Who reads from the middle of the stream comes to the same state. A claim that is alive now has been refreshed within
// MAX_TTL_MS, and that refresh came within MAX_TTL_MS after the one before it. So of all claims that are alive now, the
// last two entries were stored within READ_BACK_MS. A claim whose own entry came before is known from its refreshes: from
// those of the first half only, since one that turns up later has been silent for too long. What a first half may show
// that was over already (a refresh just behind its release, or too late) is over by the end of the second, because no
// program goes on to refresh what it knows to have lost. A permitted peer whose program does otherwise can make itself
// seem alive to some, who then wait; it can make nobody seem dead.

import type { Entry } from './entry.ts';
import { type LockAct, MAX_TTL_MS } from './lock-act.ts';

/** How far back the entries must be known. A second more than needed, for clocks of brokers that differ a little. */
export const READ_BACK_MS = 2 * MAX_TTL_MS + 1000;

/** A place in the queue. */
export interface Claim {
  /** its place in the stream; for who holds the lock: the fence */
  seq: number;
  party: string;
  publicKey: string;
  uuid: string;
  /** how many may hold the lock at once, as this claim has it */
  slots: number;
  ttlMs: number;
  /** when it was made, by the store's clock, Unix time in milliseconds; the others too */
  claimedMs: number;
  /** when it was last refreshed, or made */
  lastMs: number;
  /** when an entry of its own showed that it was its turn; undefined while it waits */
  heldMs: number | undefined;
}

/** Why an entry changes nothing: its claim is over, or not known. */
export type LockFault = 'no-such-claim';

/** The state of one lock. */
export class LockState {
  readonly #startMs: number | undefined;
  readonly #claims = new Map<number, Claim>();
  #firstSeq = 0;
  #nowMs = 0;

  /** @param startMs the time that the reading began at; undefined: all there ever was is read */
  constructor(startMs?: number) {
    this.#startMs = startMs;
  }

  /** The latest time that the store has told. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Takes note of the first message that was read, whatever it is. */
  begin(seq: number): void {
    this.#firstSeq = seq;
  }

  /** Takes note of the store's time, from whatever message. */
  advance(storedMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, storedMs);
    for (const claim of this.#claims.values()) if (expiryMs(claim) < this.#nowMs) this.#claims.delete(claim.seq);
  }

  /** Takes the next valid entry; what is wrong with it, if it changes nothing. */
  apply(entry: Entry<LockAct>): LockFault | undefined {
    this.advance(entry.storedMs);
    const { seq, party, publicKey, uuid, act } = entry;
    if (act.kind === 'claim') {
      const { slots, ttlMs } = act;
      const times = { claimedMs: this.#nowMs, lastMs: this.#nowMs, heldMs: undefined };
      this.#claims.set(seq, { seq, party, publicKey, uuid, slots, ttlMs, ...times });
      this.#note(seq);
      return undefined;
    }
    const claim = this.#findOf(entry) ?? this.#adopt(entry);
    if (claim === undefined) return 'no-such-claim';
    if (act.kind === 'release') {
      this.#claims.delete(claim.seq);
      return undefined;
    }
    claim.lastMs = this.#nowMs;
    this.#note(claim.seq);
    return undefined;
  }

  /** The claims that are alive, in order. */
  queue(): Claim[] {
    // Those of before the reading began may be met after later ones.
    return [...this.#claims.values()].sort((a, b) => a.seq - b.seq);
  }

  /** A claim that is alive. */
  find(seq: number): Claim | undefined {
    return this.#claims.get(seq);
  }

  /**
   * Whether it is a claim's turn: fewer than its slots are alive before it, and than those of each of them, since who
   * wants the lock for itself alone shall have it so.
   */
  isTurn(seq: number): boolean {
    const queue = this.queue();
    const place = queue.findIndex((claim) => claim.seq === seq);
    return place !== -1 && queue.slice(0, place + 1).every(({ slots }) => place < slots);
  }

  /** The claims whose turn it is. */
  holders(): Claim[] {
    let slots = Number.POSITIVE_INFINITY;
    return this.queue().filter((claim, place) => {
      slots = Math.min(slots, claim.slots);
      return place < slots;
    });
  }

  /** The claim that a refresh or a release is about, if it is alive. */
  #findOf({ publicKey, uuid, act }: Entry<LockAct>): Claim | undefined {
    for (const claim of this.#claims.values()) {
      if (claim.publicKey !== publicKey || claim.uuid !== uuid) continue;
      if (act.kind === 'release' || (act.kind === 'refresh' && act.claim === claim.seq)) return claim;
    }
    return undefined;
  }

  /** A claim that was made before the reading began. */
  #adopt({ storedMs, party, publicKey, uuid, act }: Entry<LockAct>): Claim | undefined {
    if (act.kind !== 'refresh' || this.#startMs === undefined) return undefined;
    if (act.claim >= this.#firstSeq || storedMs > this.#startMs + MAX_TTL_MS || this.#claims.has(act.claim)) {
      return undefined;
    }
    const { claim: seq, slots, ttlMs, claimedMs } = act;
    const times = { claimedMs, lastMs: storedMs, heldMs: act.heldMs || undefined };
    const claim = { seq, party, publicKey, uuid, slots, ttlMs, ...times };
    this.#claims.set(seq, claim);
    return claim;
  }

  #note(seq: number): void {
    const claim = this.#claims.get(seq);
    if (claim !== undefined && claim.heldMs === undefined && this.isTurn(seq)) claim.heldMs = this.#nowMs;
  }
}

/** Until when a claim is alive unless it is refreshed, by the store's clock. */
export function expiryMs({ lastMs, ttlMs }: Claim): number {
  return lastMs + ttlMs;
}
