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

  it('goes on increasing when the machine’s clock is set back', () => {
    const clock = createSystemClock();
    const before = clock.nextTimeNs();
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    try {
      expect(clock.nextTimeNs() > before).toBe(true);
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
