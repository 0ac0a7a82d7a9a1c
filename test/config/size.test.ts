import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/config/size.ts';

describe('a size', () => {
  it.each([
    ['0', 0],
    ['1B', 1],
    ['1kB', 1000],
    ['2KB', 2000],
    ['500MB', 500_000_000],
    ['1GiB', 1_073_741_824],
    ['1.5GiB', 1_610_612_736],
    ['0.1kB', 100],
    ['3TiB', 3 * 2 ** 40],
    ['9007199254740991B', Number.MAX_SAFE_INTEGER],
  ])('is read from %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '1', '-1', '1 GiB', '1G', '1gib', '1Mb', '1GIB', 'GiB', '1.GiB', '.5GiB', '+1MB', '1e3MB', '1GiBs'])(
    'is not read from %j',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );

  it('is not read from what cannot be counted exactly', () => {
    expect(parseSize('9007199254740992B')).toBeUndefined();
    expect(parseSize('9999999TB')).toBeUndefined();
  });

  it('is not read from a name that every object has', () => {
    expect(parseSize('1constructor')).toBeUndefined();
  });

  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_073_741_824, '1 GiB'],
    [500_000_000, '500 MB'],
    [1_500_001, '1.43 MiB'],
    [1001, '1001 bytes'],
  ])('of %d bytes is shown as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('that is written in whole units is shown as it was written', () => {
    const units = ['kB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB'];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.constantFrom(...units), (count, unit) => {
        expect(formatSize(parseSize(`${count}${unit}`) as number)).toBe(`${count} ${unit}`);
      }),
    );
  });
});
