import { describe, expect, it } from 'vitest';
import { formatMs } from '../../src/commands/format-time.ts';

describe('a length of time', () => {
  it.each([
    [0, '0 ms'],
    [1.27, '1.3 ms'],
    [9.96, '10 ms'],
    [240.4, '240 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1000, '1 s'],
    [9200, '9.2 s'],
    [9949, '9.9 s'],
    [9951, '10 s'],
    [42_400, '42 s'],
    [59_700, '1 m'],
    [60_000, '1 m'],
    [90_000, '1 m 30 s'],
    [600_000, '10 m'],
    [3_600_000, '1 h'],
    [5_430_000, '1 h 30 m'],
    [3_605_000, '1 h'],
    [86_400_000, '1 d'],
    [90_000_000, '1 d 1 h'],
  ])('of %d ms reads %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});
