import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeRanges } from '../../src/signal/time-ranges.ts';

const NEAR_MS = 10;

describe('ranges of times', () => {
  it('have every time that was added, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 })), fc.integer({ min: 1, max: 5 }), (times, max) => {
        const ranges = new TimeRanges(NEAR_MS, max);
        for (const time of times) ranges.add(time);
        for (const time of times) expect(ranges.has(time)).toBe(true);
      }),
    );
  });

  it('have what lies between two that are near, and nothing else as long as there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1 }), (times) => {
        const ranges = new TimeRanges(NEAR_MS, 1000);
        for (const time of times) ranges.add(time);
        const sorted = [...times].sort((a, b) => a - b);
        for (let time = -20; time <= 520; time++) {
          const before = sorted.findLast((other) => other <= time);
          const after = sorted.find((other) => other >= time);
          const isBetween = before !== undefined && after !== undefined && after - before <= NEAR_MS;
          if (ranges.has(time) !== isBetween) expect({ time, has: !isBetween }).toEqual({ time, has: isBetween });
        }
      }),
    );
  });

  it('have all of other ranges', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 500 }))), (groups) => {
        const all = new TimeRanges(NEAR_MS, 1000);
        for (const times of groups) {
          const ranges = new TimeRanges(NEAR_MS, 3);
          for (const time of times) ranges.add(time);
          all.addAll(ranges);
          for (let time = 0; time <= 500; time++) if (ranges.has(time)) expect(all.has(time)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are joined where the least is between them when there are too many', () => {
    const ranges = new TimeRanges(NEAR_MS, 3);
    for (const time of [0, 1000, 1100, 5000]) ranges.add(time);
    expect([0, 1000, 1050, 1100, 5000].map((time) => ranges.has(time))).toEqual([true, true, true, true, true]);
    expect([500, 3000].map((time) => ranges.has(time))).toEqual([false, false]);
  });
});
