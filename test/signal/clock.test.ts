import { describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../src/signal/clock.ts';

describe('the system clock', () => {
  it('gives times that strictly increase, however fast they are asked for', () => {
    const clock = createSystemClock();
    let lastNs = clock.nextTimeNs();
    for (let i = 0; i < 100_000; i++) {
      const ns = clock.nextTimeNs();
      expect(ns > lastNs).toBe(true);
      lastNs = ns;
    }
  });

  it('goes on increasing when the machine’s clock is set back a little', () => {
    const clock = createSystemClock();
    const before = clock.nextTimeNs();
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 900);
    try {
      expect(clock.nextTimeNs() > before).toBe(true);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('follows the machine’s clock when that is set back by more, and increases again from there', () => {
    const clock = createSystemClock();
    clock.nextTimeNs();
    const backMs = Date.now() - 3_600_000;
    vi.spyOn(Date, 'now').mockReturnValue(backMs);
    try {
      const first = clock.nextTimeNs();
      expect(first / 1_000_000n).toBe(BigInt(backMs));
      let lastNs = first;
      for (let i = 0; i < 1000; i++) {
        const ns = clock.nextTimeNs();
        expect(ns > lastNs).toBe(true);
        lastNs = ns;
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('gives Unix time', () => {
    const clock = createSystemClock();
    const beforeMs = Date.now();
    const ns = clock.nextTimeNs();
    expect(Number(ns / 1_000_000n)).toBeGreaterThanOrEqual(beforeMs);
    expect(Number(ns / 1_000_000n)).toBeLessThanOrEqual(Date.now() + 1);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(beforeMs);
  });

  it('has real digits below the millisecond', () => {
    const digits = new Set(Array.from({ length: 50 }, () => createSystemClock().nextTimeNs() % 1_000_000n));
    expect(digits.size).toBeGreaterThan(25);
  });
});
