const UNIT_NS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  // Both the micro sign and the Greek letter are typed for it.
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const DAY_NS = 86_400_000_000_000n;
const MAX_NS = 2n ** 63n - 1n;
const MAX_DIGITS = String(MAX_NS).length;

/** How durations are written, for messages about one that is not. */
export const DURATION_FORM = 'a duration like 1h2m3s4ms';

/**
 * Reads a duration written like 1h2m3s4ms, with an optional sign, decimals allowed; 0 needs no unit.
 *
 * @param text units h, m, s, ms, us, µs, ns
 * @param options.days whether d (24 hours) is a unit too: on the command line it is, in configurations it is not
 * @returns nanoseconds, or undefined when the text is not a duration or does not fit 64 bits
 */
export function parseDuration(text: string, options: { days?: boolean } = {}): bigint | undefined {
  const signed = /^([+-]?)(.*)$/s.exec(text);
  const rest = signed?.[2] ?? '';
  if (rest === '0') return 0n;
  const part = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)/y;
  let totalNs = 0n;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (match === null) return undefined;
    const [, whole = '', decimals = '', unit = ''] = match;
    if (whole === '' && decimals === '') return undefined;
    if (unit === 'd' && options.days !== true) return undefined;
    const unitNs = unit === 'd' ? DAY_NS : (UNIT_NS[unit] as bigint);
    // So many do not fit 64 bits in any unit; to read them all takes longer than in proportion to their number.
    const digits = whole.replace(/^0+/, '');
    if (digits.length > MAX_DIGITS) return undefined;
    // More digits than this cannot change a nanosecond of any unit.
    const fraction = decimals.slice(0, 20);
    totalNs += BigInt(digits || '0') * unitNs + (BigInt(fraction || '0') * unitNs) / 10n ** BigInt(fraction.length);
    if (totalNs > MAX_NS) return undefined;
  }
  if (rest === '') return undefined;
  return signed?.[1] === '-' ? -totalNs : totalNs;
}

/** Nanoseconds as milliseconds, keeping the part of a millisecond. */
export function nsToMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
