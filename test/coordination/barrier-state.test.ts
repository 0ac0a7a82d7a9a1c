import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarrierAct } from '../../src/coordination/barrier-act.ts';
import { BarrierState } from '../../src/coordination/barrier-state.ts';

/** A barrier that is told what parties do, each entry at the next place. */
function createBarrier() {
  const state = new BarrierState();
  let seq = 0;
  const say = (party: string, act: BarrierAct, uuid = party) =>
    state.apply({ seq: ++seq, storedMs: seq, publicKey: `key of ${party}`, party, uuid, act });
  return {
    state,
    arrive: (party: string, parties = 2, uuid = party) => say(party, { kind: 'arrive', parties }, uuid),
    leave: (party: string, uuid = party) => say(party, { kind: 'leave' }, uuid),
    pass: (party: string, round: number) => say(party, { kind: 'pass', round }),
  };
}

describe('a round of a barrier', () => {
  it('is complete when as many different parties have arrived, in any order', () => {
    const { arrive, state } = createBarrier();
    expect(arrive('b', 3)).toEqual({ kind: 'open' });
    expect(arrive('b', 3, 'again')).toEqual({ kind: 'open' });
    expect(arrive('c', 3)).toEqual({ kind: 'open' });
    expect(state.arrived(3)).toEqual(['b', 'c']);
    expect(arrive('a', 3)).toEqual({ kind: 'complete', round: { seq: 4, parties: ['b', 'c', 'a'] } });
    expect(state.arrived(3)).toEqual([]);
  });

  it('does not take a fast party’s arrival at the next one', () => {
    const { arrive, pass } = createBarrier();
    arrive('a');
    expect(arrive('b')).toMatchObject({ kind: 'complete', round: { seq: 2 } });
    pass('a', 2);
    expect(arrive('a')).toEqual({ kind: 'open' });
    pass('b', 2);
    expect(arrive('b')).toMatchObject({ kind: 'complete', round: { seq: 6 } });
  });

  it('is what a party returns to that crashed before it passed', () => {
    const { arrive, pass } = createBarrier();
    arrive('a');
    arrive('b');
    pass('b', 2);
    arrive('b');
    expect(arrive('a', 2, 'restarted')).toMatchObject({ kind: 'returned', round: { seq: 2, parties: ['a', 'b'] } });
    pass('a', 2);
    expect(arrive('a')).toMatchObject({ kind: 'complete', round: { parties: ['b', 'a'] } });
  });

  it('loses who leaves, unless another run of the party has arrived since', () => {
    const { arrive, leave, state } = createBarrier();
    arrive('a', 2, 'first');
    expect(leave('a', 'first')).toEqual({ kind: 'open' });
    expect(state.arrived(2)).toEqual([]);
    arrive('a', 2, 'second');
    arrive('a', 2, 'third');
    expect(leave('a', 'second')).toEqual({ kind: 'idle' });
    expect(arrive('b')).toMatchObject({ kind: 'complete' });
    // What is complete stays so.
    expect(leave('b')).toEqual({ kind: 'idle' });
  });

  it('is another one for each number of parties; who arrives again with another number is in that one', () => {
    const { arrive, state } = createBarrier();
    arrive('a', 3);
    arrive('b', 2);
    expect(state.otherSizes(2)).toEqual([3]);
    expect(arrive('a', 2)).toMatchObject({ kind: 'complete' });
    expect(state.otherSizes(2)).toEqual([]);
  });

  it('of one party is complete at once', () => {
    expect(createBarrier().arrive('a', 1)).toMatchObject({ kind: 'complete' });
  });

  it('is not passed by a pass of another round, or of who is not in it', () => {
    const { arrive, pass } = createBarrier();
    arrive('a');
    arrive('b');
    expect(pass('a', 1)).toEqual({ kind: 'idle' });
    expect(pass('c', 2)).toEqual({ kind: 'idle' });
    expect(arrive('a')).toMatchObject({ kind: 'returned' });
  });
});

describe('whatever the order', () => {
  it('no party is ever more than one round ahead of another, and each round has them all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ who: fc.nat({ max: 4 }), crash: fc.boolean() }), { maxLength: 80 }),
        (size, steps) => {
          const { arrive, pass } = createBarrier();
          /** rounds that a party has passed, and the one that it is in */
          const passed = Array<number>(size).fill(0);
          const waiting = new Map<number, number | undefined>();
          for (const { who: any, crash } of steps) {
            const who = any % size;
            if (!waiting.has(who) || crash) {
              const outcome = arrive(`${who}`, size, `${who} ${Math.random()}`);
              waiting.set(who, outcome.kind === 'returned' ? outcome.round.seq : waiting.get(who));
              if (outcome.kind !== 'complete') continue;
              expect(outcome.round.parties).toHaveLength(size);
              for (let i = 0; i < size; i++) waiting.set(i, outcome.round.seq);
            } else {
              const round = waiting.get(who);
              if (round === undefined) continue;
              pass(`${who}`, round);
              waiting.delete(who);
              passed[who] = (passed[who] as number) + 1;
            }
            expect(Math.max(...passed) - Math.min(...passed)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});
