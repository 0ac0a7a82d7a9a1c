const UNITS: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** How sizes are written, for messages about one that is not. */
export const SIZE_FORM = 'a size like 500MB or 1GiB';

/**
 * Reads a size written like 500MB, 1GiB or 1.5GiB; 0 needs no unit.
 *
 * @param text units B, kB, MB, GB, TB (of 1,000) and KiB, MiB, GiB, TiB (of 1,024); M or Mb could mean either and is refused
 * @returns whole bytes, or undefined when the text is not a size, or one that cannot be counted exactly
 */
export function parseSize(text: string): number | undefined {
  if (text === '0') return 0;
  const [, number, unit = ''] = /^([0-9]{1,16}(?:\.[0-9]{1,6})?)([A-Za-z]+)$/.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (number === undefined || factor === undefined) return undefined;
  const bytes = Math.floor(Number(number) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A size as people read it: `1 GiB`, `500 MB`, `1.43 MiB`, `12 bytes`. */
export function formatSize(bytes: number): string {
  if (bytes === 1) return '1 byte';
  const [unit, factor] = pickUnit(bytes) ?? ['bytes', 1];
  const count = bytes / factor;
  return `${count >= 100 ? Math.round(count) : Number(count.toPrecision(3))} ${unit}`;
}

/** The largest unit that it is a few of exactly, as somebody will have written it; else the largest of 1,024s. */
function pickUnit(bytes: number): [string, number] | undefined {
  const units = Object.entries(UNITS)
    .filter(([unit, factor]) => unit !== 'KB' && factor > 1 && factor <= bytes)
    .sort(([, a], [, b]) => a - b);
  const isFew = (factor: number) => bytes % factor === 0 && bytes / factor < 10_000;
  return units.findLast(([, factor]) => isFew(factor)) ?? units.findLast(([unit]) => unit.endsWith('iB'));
}
