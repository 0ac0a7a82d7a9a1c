// Which parties have arrived at a barrier, as the valid entries of its subject in their order say. A round collects
// arrivals of different parties that want it to have the same number of them; the last one completes it, and the next
// arrival is the next round's. Who arrives again in a round that is not complete has been started again, and still counts
// once.
//
// A party passes when it knows that its round is complete, and says so before it goes on. One that crashed in between, or
// before the round was complete, arrives again when it is started again, and others may have gone on long before: it owes
// its pass, so that this arrival is its return to that round, and none at the next.

import type { BarrierAct } from './barrier-act.ts';
import type { Entry } from './entry.ts';

/** A round that is complete. */
export interface Round {
  /** the place in the stream of the arrival that completed it */
  seq: number;
  /** who arrived, in order */
  parties: string[];
}

/** What an entry came to. */
export type BarrierOutcome =
  /** the entry's party and others pass, or it alone: a round that it had been in */
  | { kind: 'complete' | 'returned'; round: Round }
  /** the round goes on */
  | { kind: 'open' }
  /** its party is not waiting, or does not owe this pass: nothing changes */
  | { kind: 'idle' };

/** The state of one barrier. */
export class BarrierState {
  /** the open round of each number of parties: party → the run that arrived */
  readonly #open = new Map<number, Map<string, string>>();
  /** the last complete round that a party was in and has not passed */
  readonly #owed = new Map<string, { size: number; round: Round }>();

  /** Takes the next valid entry. */
  apply({ seq, party, uuid, act }: Entry<BarrierAct>): BarrierOutcome {
    switch (act.kind) {
      case 'arrive':
        return this.#arrive(seq, party, uuid, act.parties);
      case 'leave':
        return this.#remove(party, (run) => run === uuid) ? { kind: 'open' } : { kind: 'idle' };
      case 'pass': {
        const owed = this.#owed.get(party);
        if (owed?.round.seq !== act.round) return { kind: 'idle' };
        this.#owed.delete(party);
        return { kind: 'open' };
      }
    }
  }

  /** Who has arrived in the open round of this number of parties, in order. */
  arrived(size: number): string[] {
    return [...(this.#open.get(size)?.keys() ?? [])];
  }

  /** The open rounds of other numbers that somebody waits in. */
  otherSizes(size: number): number[] {
    return [...this.#open.keys()].filter((other) => other !== size);
  }

  #arrive(seq: number, party: string, uuid: string, size: number): BarrierOutcome {
    const owed = this.#owed.get(party);
    if (owed?.size === size) return { kind: 'returned', round: owed.round };
    this.#owed.delete(party);
    this.#remove(party, () => true);
    const open = this.#open.get(size) ?? new Map<string, string>();
    this.#open.set(size, open.set(party, uuid));
    if (open.size < size) return { kind: 'open' };
    this.#open.delete(size);
    const round = { seq, parties: [...open.keys()] };
    for (const member of round.parties) this.#owed.set(member, { size, round });
    return { kind: 'complete', round };
  }

  #remove(party: string, isMeant: (run: string) => boolean): boolean {
    for (const [size, open] of this.#open) {
      const run = open.get(party);
      if (run === undefined || !isMeant(run)) continue;
      open.delete(party);
      if (open.size === 0) this.#open.delete(size);
      return true;
    }
    return false;
  }
}
