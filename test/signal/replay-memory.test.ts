import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInWindow } from '../../src/signal/acceptance.ts';
import { ReplayMemory } from '../../src/signal/replay-memory.ts';

const SKEW_MS = 3000;
const NOW_MS = 1_800_000_000_000;

const hash = (name: string | number) => createHash('sha256').update(String(name)).digest();

describe('a replay memory', () => {
  it('takes what it has not seen for new, and what it has recorded for seen', () => {
    const memory = new ReplayMemory(SKEW_MS);
    expect(memory.record(hash('a'), NOW_MS, NOW_MS)).toBe('new');
    expect(memory.record(hash('a'), NOW_MS, NOW_MS)).toBe('seen');
    expect(memory.recall(hash('a'), NOW_MS, NOW_MS)).toBe('seen');
    expect(memory.record(hash('b'), NOW_MS, NOW_MS)).toBe('new');
  });

  it('records nothing when it is only asked', () => {
    const memory = new ReplayMemory(SKEW_MS);
    expect(memory.recall(hash('a'), NOW_MS, NOW_MS)).toBe('new');
    expect(memory.recall(hash('a'), NOW_MS, NOW_MS)).toBe('new');
  });

  it('compares hashes by their bytes, not by their being the same object', () => {
    const memory = new ReplayMemory(SKEW_MS);
    memory.record(hash('a'), NOW_MS, NOW_MS);
    expect(memory.recall(new Uint8Array(hash('a')), NOW_MS, NOW_MS)).toBe('seen');
  });

  it('remembers a message for as long as its time is inside the window, also one that came early', () => {
    const memory = new ReplayMemory(SKEW_MS);
    const timeMs = NOW_MS + SKEW_MS;
    memory.record(hash('early'), timeMs, NOW_MS);
    expect(memory.recall(hash('early'), timeMs, timeMs + SKEW_MS)).toBe('seen');
  });

  it('makes room once the window has passed', () => {
    const memory = new ReplayMemory(SKEW_MS, 1);
    memory.record(hash('a'), NOW_MS, NOW_MS);
    const laterMs = NOW_MS + 2 * SKEW_MS + 1;
    expect(memory.record(hash('b'), laterMs, laterMs)).toBe('new');
  });
});

describe('a replay memory at its cap', () => {
  const full = () => {
    const memory = new ReplayMemory(SKEW_MS, 3);
    for (const name of [1, 2, 3]) memory.record(hash(name), NOW_MS + name, NOW_MS);
    return memory;
  };

  it('refuses new messages and says so', () => {
    const memory = full();
    expect(memory.recall(hash(4), NOW_MS, NOW_MS)).toBe('full');
    expect(memory.record(hash(4), NOW_MS, NOW_MS)).toBe('full');
  });

  it('forgets nothing to make room', () => {
    const memory = full();
    for (let name = 4; name < 100; name++) memory.record(hash(name), NOW_MS, NOW_MS);
    for (const name of [1, 2, 3]) expect(memory.recall(hash(name), NOW_MS + name, NOW_MS)).toBe('seen');
  });

  it('takes new messages again when the window has moved on', () => {
    const memory = full();
    const laterMs = NOW_MS + 2 * SKEW_MS + 1;
    expect(memory.record(hash(4), laterMs, laterMs)).toBe('new');
  });
});

describe('a clock that is set', () => {
  it('forward and back again lets nothing be replayed', () => {
    const memory = new ReplayMemory(SKEW_MS);
    memory.record(hash('a'), NOW_MS, NOW_MS);
    memory.recall(hash('other'), NOW_MS + 3_600_000, NOW_MS + 3_600_000);
    expect(memory.record(hash('a'), NOW_MS, NOW_MS + 1)).toBe('seen');
  });

  it('forward and back again lets messages that are newer than any forgotten one through', () => {
    const memory = new ReplayMemory(SKEW_MS);
    memory.record(hash('a'), NOW_MS, NOW_MS);
    memory.recall(hash('other'), NOW_MS + 3_600_000, NOW_MS + 3_600_000);
    expect(memory.record(hash('b'), NOW_MS + 2, NOW_MS + 2)).toBe('new');
  });

  it('right after messages came by one that was far ahead lets new ones through, and none of those again', () => {
    const HOUR_MS = 3_600_000;
    const memory = new ReplayMemory(SKEW_MS);
    memory.record(hash('before'), NOW_MS, NOW_MS);
    for (const afterMs of [0, 10_000, 20_000]) {
      expect(memory.record(hash(afterMs), NOW_MS + HOUR_MS + afterMs, NOW_MS + HOUR_MS + afterMs)).toBe('new');
    }
    const laterMs = NOW_MS + 30_000;
    expect(memory.record(hash('right'), laterMs, laterMs)).toBe('new');
    expect(memory.record(hash('before'), NOW_MS, laterMs)).toBe('seen');
    for (const afterMs of [0, 10_000, 20_000]) {
      const timeMs = NOW_MS + HOUR_MS + afterMs;
      expect(memory.record(hash(afterMs), timeMs, timeMs)).toBe('seen');
    }
    const afterwardsMs = NOW_MS + HOUR_MS + 60_000;
    expect(memory.record(hash('afterwards'), afterwardsMs, afterwardsMs)).toBe('new');
  });

  it('right after messages came by one that was far ahead leaves room as ever', () => {
    const memory = new ReplayMemory(SKEW_MS, 2);
    memory.record(hash('ahead'), NOW_MS + 3_600_000, NOW_MS + 3_600_000);
    for (let i = 0; i < 5; i++) {
      const nowMs = NOW_MS + i * (2 * SKEW_MS + 1);
      expect(memory.record(hash(i), nowMs, nowMs)).toBe('new');
    }
  });

  it('back keeps what was recorded before', () => {
    const memory = new ReplayMemory(SKEW_MS);
    memory.record(hash('a'), NOW_MS, NOW_MS);
    memory.record(hash('b'), NOW_MS - 60_000, NOW_MS - 60_000);
    memory.recall(hash('other'), NOW_MS - 50_000, NOW_MS - 50_000);
    expect(memory.recall(hash('a'), NOW_MS, NOW_MS)).toBe('seen');
  });
});

describe('whatever the clock does', () => {
  it('no message that is inside the window is new twice', () => {
    const message = fc.record({ name: fc.nat(8), offsetMs: fc.integer({ min: -SKEW_MS, max: SKEW_MS }) });
    const step = fc.record({ message, jumpMs: fc.integer({ min: -20_000, max: 20_000 }), again: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const memory = new ReplayMemory(SKEW_MS);
        const accepted: { name: string; timeMs: number }[] = [];
        let nowMs = NOW_MS;
        for (const [i, { message, jumpMs, again }] of steps.entries()) {
          nowMs += jumpMs;
          const fresh = { name: `${message.name}-${i}`, timeMs: nowMs + message.offsetMs };
          if (memory.record(hash(fresh.name), fresh.timeMs, nowMs) === 'new') accepted.push(fresh);
          const old = accepted[again];
          if (old === undefined || !isInWindow(BigInt(old.timeMs) * 1_000_000n, nowMs, SKEW_MS)) continue;
          expect(memory.record(hash(old.name), old.timeMs, nowMs)).toBe('seen');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('every new message is taken as long as time only goes on', () => {
    const step = fc.record({
      offsetMs: fc.integer({ min: -SKEW_MS, max: SKEW_MS }),
      waitMs: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const memory = new ReplayMemory(SKEW_MS);
        let nowMs = NOW_MS;
        for (const [i, { offsetMs, waitMs }] of steps.entries()) {
          nowMs += waitMs;
          expect(memory.record(hash(i), nowMs + offsetMs, nowMs)).toBe('new');
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the window of time', () => {
  it('is the skew on either side, both ends included', () => {
    const ns = (ms: number) => BigInt(ms) * 1_000_000n;
    expect(isInWindow(ns(NOW_MS - 5), NOW_MS, 5)).toBe(true);
    expect(isInWindow(ns(NOW_MS + 5), NOW_MS, 5)).toBe(true);
    expect(isInWindow(ns(NOW_MS - 5) - 1000n, NOW_MS, 5)).toBe(false);
    expect(isInWindow(ns(NOW_MS + 5) + 1000n, NOW_MS, 5)).toBe(false);
    expect(isInWindow(0n, NOW_MS, 5)).toBe(false);
    expect(isInWindow(2n ** 64n - 1n, NOW_MS, 5)).toBe(false);
  });
});
