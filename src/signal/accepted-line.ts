// A line of the file that says what was accepted: `<hash> <accepted> <kept until>`, the hash in base64url and both times in
// Unix milliseconds. Every line has the same length, and a line's end stands before it: what a full disk or a crash has torn
// off then spoils itself alone, and not the line that the next process writes behind it.

import { HASH_BYTES } from '../protocol/constants.ts';

/** One accepted message. */
export interface AcceptedLine {
  /** SHA-256 of the message as it travelled */
  hash: Uint8Array;
  /** Unix time in milliseconds */
  acceptedMs: number;
  /** Unix time in milliseconds: until then its bytes might be accepted again */
  keepUntilMs: number;
}

/** Enough until the year 2286. */
const TIME_DIGITS = 13;
const FORM = new RegExp(`^([A-Za-z0-9_-]{43}) ([0-9]{${TIME_DIGITS}}) ([0-9]{${TIME_DIGITS}})$`);

/** What stands in the file, from a line's end to the last digit. */
export function encodeLine({ hash, acceptedMs, keepUntilMs }: AcceptedLine): string {
  return `\n${Buffer.from(hash).toString('base64url')} ${formatTime(acceptedMs)} ${formatTime(keepUntilMs)}`;
}

/** The lines of a file in their order; what is no line is left out. */
export function parseLines(text: string): AcceptedLine[] {
  return text.split('\n').flatMap((line) => {
    const [, hash, accepted, until] = FORM.exec(line) ?? [];
    if (hash === undefined) return [];
    const bytes = Buffer.from(hash, 'base64url');
    return bytes.length === HASH_BYTES
      ? [{ hash: bytes, acceptedMs: Number(accepted), keepUntilMs: Number(until) }]
      : [];
  });
}

function formatTime(ms: number): string {
  const largest = 10 ** TIME_DIGITS - 1;
  return String(Math.round(Math.min(Math.max(ms, 0), largest))).padStart(TIME_DIGITS, '0');
}
