// Times as people read them.

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const UNITS = [
  ['d', 24 * 60 * MINUTE_MS],
  ['h', 60 * MINUTE_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
] as const;

/**
 * A length of time to two or three figures: `1.3 ms`, `240 ms`, `9.2 s`, `42 s`, `10 m`, `1 h 30 m`.
 *
 * @param ms milliseconds, not negative
 */
export function formatMs(ms: number): string {
  if (ms < 10) return `${trimZero(ms)} ms`;
  if (Math.round(ms) < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * SECOND_MS) return `${trimZero(ms / SECOND_MS)} s`;
  let seconds = Math.round(ms / SECOND_MS) * SECOND_MS;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(seconds / unitMs);
    seconds -= count * unitMs;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.join(' ');
}

/** With one decimal, unless that is a zero. */
function trimZero(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

/**
 * The day of a time in UTC: `2026-12-31`.
 *
 * @param ms Unix time in milliseconds
 */
export function formatDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'yyyy-mm-dd'.length);
}
