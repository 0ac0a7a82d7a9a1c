import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/coordination/entry.ts';
import { type LockAct, MAX_TTL_MS } from '../../src/coordination/lock-act.ts';
import { LockState, READ_BACK_MS } from '../../src/coordination/lock-state.ts';

type LockEntry = Entry<LockAct>;

const SECOND = 1000;

/** An entry by a party with a run's uuid. */
function entry(seq: number, storedMs: number, party: string, act: LockAct, uuid = party): LockEntry {
  return { seq, storedMs, publicKey: `key of ${party}`, party, uuid, act };
}
const claim = (slots = 1, ttlMs = 10 * SECOND): LockAct => ({ kind: 'claim', slots, ttlMs });
const refresh = (of: number, slots = 1, ttlMs = 10 * SECOND): LockAct => ({
  kind: 'refresh',
  claim: of,
  slots,
  ttlMs,
  claimedMs: 0,
  heldMs: 0,
});
const release: LockAct = { kind: 'release' };

function fold(entries: readonly LockEntry[], state = new LockState()): LockState {
  for (const one of entries) state.apply(one);
  return state;
}
const parties = (claims: readonly { party: string }[]) => claims.map(({ party }) => party);

describe('the state of a lock', () => {
  it('is a queue in the order of claims, of which the first hold as there are slots', () => {
    const state = fold([entry(1, 0, 'a', claim(2)), entry(2, 0, 'b', claim(2)), entry(5, 0, 'c', claim(2))]);
    expect(parties(state.queue())).toEqual(['a', 'b', 'c']);
    expect(parties(state.holders())).toEqual(['a', 'b']);
    state.apply(entry(6, 1, 'a', release));
    expect(parties(state.holders())).toEqual(['b', 'c']);
  });

  it('knows since when somebody holds only from an entry of his own', () => {
    const state = fold([entry(1, 0, 'a', claim()), entry(2, 5, 'b', claim()), entry(3, 7, 'a', release)]);
    expect(state.isTurn(2)).toBe(true);
    expect(state.find(2)?.heldMs).toBeUndefined();
    state.apply(entry(4, 9, 'b', refresh(2)));
    expect(state.find(2)?.heldMs).toBe(9);
    expect(fold([entry(1, 3, 'a', claim())]).find(1)?.heldMs).toBe(3);
  });

  it('ends a claim that is not refreshed within its ttl, to the millisecond, and for good', () => {
    const entries = [
      entry(1, 0, 'a', claim(1, 5000)),
      entry(2, 5000, 'a', refresh(1)),
      entry(3, 10_001, 'a', refresh(1)),
    ];
    const state = fold(entries.slice(0, 2));
    expect(parties(state.queue())).toEqual(['a']);
    expect(state.apply(entries[2] as LockEntry)).toBe('no-such-claim');
    expect(state.queue()).toEqual([]);
    expect(state.apply(entry(4, 10_002, 'a', refresh(1)))).toBe('no-such-claim');
  });

  it('does not let time go back', () => {
    const state = fold([entry(1, 10_000, 'a', claim(1, 5000)), entry(2, 4000, 'b', claim(1, 5000))]);
    expect(state.find(2)?.lastMs).toBe(10_000);
    state.advance(15_001);
    expect(state.queue()).toEqual([]);
  });

  it('gives a lock that is wanted by one alone to nobody beside him', () => {
    const alone = fold([entry(1, 0, 'a', claim(1)), entry(2, 0, 'b', claim(5))]);
    expect(parties(alone.holders())).toEqual(['a']);
    const beside = fold([entry(1, 0, 'a', claim(5)), entry(2, 0, 'b', claim(1)), entry(3, 0, 'c', claim(5))]);
    expect(parties(beside.holders())).toEqual(['a']);
    expect(beside.isTurn(3)).toBe(false);
  });

  it.each([
    ['a refresh by another key', entry(2, 1, 'b', refresh(1), 'a')],
    ['a release by another key', entry(2, 1, 'b', release, 'a')],
    ['a release of another run', entry(2, 1, 'a', release, 'other')],
    ['a refresh of another run', entry(2, 1, 'a', refresh(1), 'other')],
    ['a refresh of a claim that is not there', entry(2, 1, 'a', refresh(7))],
  ])('is not changed by %s', (_, other) => {
    const state = fold([entry(1, 0, 'a', claim())]);
    expect(state.apply(other)).toBe('no-such-claim');
    expect(state.find(1)).toMatchObject({ party: 'a', lastMs: 0 });
  });
});

describe('who reads from the middle', () => {
  const begin = () => {
    const state = new LockState(1000);
    state.begin(100);
    return state;
  };

  it('learns of a claim that was made before from its refreshes', () => {
    const state = begin();
    expect(state.apply(entry(100, 1000, 'a', { ...refresh(7), heldMs: 5 } as LockAct))).toBeUndefined();
    expect(state.find(7)).toMatchObject({ party: 'a', heldMs: 5 });
  });

  it('knows that there is no claim where he has read, and none that was silent for longer than any may be', () => {
    expect(begin().apply(entry(102, 1000, 'a', refresh(101)))).toBe('no-such-claim');
    expect(begin().apply(entry(102, 1001 + MAX_TTL_MS, 'a', refresh(7)))).toBe('no-such-claim');
    expect(new LockState().apply(entry(102, 1000, 'a', refresh(7)))).toBe('no-such-claim');
  });
});

/** What programs that keep to the rules write: some take part, die, are stopped past their ttl, or give back. */
const anyRun = fc
  .array(
    fc.record({
      who: fc.nat({ max: 4 }),
      what: fc.constantFrom('claim', 'refresh', 'refresh', 'refresh', 'release', 'die'),
      afterMs: fc.oneof(fc.nat({ max: 2000 }), fc.nat({ max: MAX_TTL_MS })),
      ttlMs: fc.constantFrom(SECOND, 30 * SECOND, MAX_TTL_MS),
      slots: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    const entries: LockEntry[] = [];
    const state = new LockState();
    const runs = new Map<number, { seq: number; uuid: string; slots: number; ttlMs: number }>();
    let nowMs = READ_BACK_MS;
    for (const [i, { who, what, afterMs, ttlMs, slots }] of steps.entries()) {
      nowMs += afterMs;
      const seq = i + 1;
      const run = runs.get(who);
      let one: LockEntry | undefined;
      if (what === 'die') runs.delete(who);
      else if (run === undefined || what === 'claim') {
        if (run !== undefined) continue;
        one = entry(seq, nowMs, `p${who}`, claim(slots, ttlMs), `${seq}`);
        runs.set(who, { seq, uuid: `${seq}`, slots, ttlMs });
      } else if (what === 'refresh') {
        one = entry(seq, nowMs, `p${who}`, refresh(run.seq, run.slots, run.ttlMs), run.uuid);
      } else {
        one = entry(seq, nowMs, `p${who}`, release, run.uuid);
        runs.delete(who);
      }
      if (one === undefined) continue;
      entries.push(one);
      // Who learns that his claim is over does not go on with it.
      if (state.apply(one) !== undefined) runs.delete(who);
    }
    return { entries, nowMs };
  });

describe('whatever is written', () => {
  it('fences only grow from holder to holder, and never more hold than the strictest of them lets', () => {
    fc.assert(
      fc.property(anyRun, ({ entries }) => {
        const state = new LockState();
        let last = 0;
        for (const one of entries) {
          const before = new Set(
            state
              .queue()
              .filter(({ heldMs }) => heldMs !== undefined)
              .map(({ seq }) => seq),
          );
          state.apply(one);
          const held = state.queue().filter(({ heldMs }) => heldMs !== undefined);
          expect(held.length).toBeLessThanOrEqual(
            Math.min(...held.map(({ slots }) => slots), Number.POSITIVE_INFINITY),
          );
          for (const { seq, slots } of held) {
            if (before.has(seq)) continue;
            if (slots === 1) expect(seq).toBeGreaterThan(last);
            last = Math.max(last, seq);
          }
        }
      }),
    );
  });

  it('who reads from the middle comes to the same state once he has read back far enough', () => {
    fc.assert(
      fc.property(anyRun, fc.nat({ max: 60 }), ({ entries, nowMs }, skip) => {
        const rest = entries.slice(skip);
        const startMs = rest[0]?.storedMs ?? nowMs;
        const whole = fold(entries);
        const part = new LockState(startMs);
        if (rest[0]) part.begin(rest[0].seq);
        fold(rest, part);
        // Time goes on until the reading began long enough ago.
        const endMs = Math.max(nowMs, startMs + READ_BACK_MS);
        whole.advance(endMs);
        part.advance(endMs);
        const view = (state: LockState) => state.queue().map(({ seq, party, lastMs }) => ({ seq, party, lastMs }));
        expect(view(part)).toEqual(view(whole));
      }),
      { numRuns: 500 },
    );
  });
});
