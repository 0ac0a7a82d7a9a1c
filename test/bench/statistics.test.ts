import { describe, expect, it } from 'vitest';
import { median, summarize } from '../../bench/statistics.ts';

describe('the median', () => {
  it('is the value in the middle, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([7])).toBe(7);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('orders numbers as numbers', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('does not exist of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a summary', () => {
  it('holds the median, the smallest and the largest value', () => {
    expect(summarize([3, -1, 8])).toEqual({ median: 3, minimum: -1, maximum: 8 });
  });
});
