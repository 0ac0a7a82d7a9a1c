// Base58 in the Bitcoin alphabet (https://datatracker.ietf.org/doc/html/draft-msporny-base58-03): a number in base 58,
// and a '1' for each zero byte before it. For one number of bytes there is exactly one text, so texts may be compared
// in place of bytes. Nine digits are dealt with at a time, as many as a number holds exactly. Both ways take time
// quadratic in the length, so lengths are checked before.

import { ProtocolError, type ProtocolErrorCode } from './errors.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const ZERO = ALPHABET.charCodeAt(0);
const BASE = 58;
const BITS_PER_DIGIT = Math.log2(BASE);
const CHUNK_DIGITS = 9;
const CHUNK = BigInt(BASE ** CHUNK_DIGITS);

/** The value of each ASCII character; -1 where it has none. */
const DIGITS = new Int8Array(128).fill(-1);
for (let digit = 0; digit < BASE; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

/** Characters at most in the base58 text of `size` bytes; at least it is `size` (all zeros: that many '1'). */
function maxLength(size: number): number {
  return Math.ceil((size * 8) / BITS_PER_DIGIT);
}

/** Whether a text of this length could stand for `size` bytes. */
export function isBase58Length(length: number, size: number): boolean {
  return length >= size && length <= maxLength(size);
}

/** By number of bytes: the texts of the least and the greatest number that needs so many. */
const BOUNDS = new Map<number, { least: string; most: string }>();

/** Whether a text stands for exactly `size` bytes, mostly without decoding it. */
export function isBase58Of(text: string, size: number): boolean {
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(text)) return false;
  if (text.startsWith(ALPHABET.charAt(0))) return text.length <= maxLength(size) && decode(text)?.length === size;
  let bounds = BOUNDS.get(size);
  if (bounds === undefined) {
    const least = encodeBase58(new Uint8Array(size).fill(1, 0, 1));
    bounds = { least, most: encodeBase58(new Uint8Array(size).fill(0xff)) };
    BOUNDS.set(size, bounds);
  }
  // The alphabet is in ASCII order, so texts of one length compare as their numbers do.
  const { least, most } = bounds;
  const isEnough = text.length > least.length || (text.length === least.length && text >= least);
  return isEnough && (text.length < most.length || (text.length === most.length && text <= most));
}

/** The base58 text of some bytes. */
export function encodeBase58(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let zeros = 0;
  while (zeros < buffer.length && buffer[zeros] === 0) zeros++;
  let text = '';
  for (let value = BigInt(`0x0${buffer.toString('hex')}`); value > 0n; ) {
    let chunk = Number(value % CHUNK);
    value /= CHUNK;
    let digits = '';
    // The first chunk of the text has only the digits that it needs.
    while (value > 0n ? digits.length < CHUNK_DIGITS : chunk > 0) {
      digits = ALPHABET.charAt(chunk % BASE) + digits;
      chunk = Math.floor(chunk / BASE);
    }
    text = digits + text;
  }
  return ALPHABET.charAt(0).repeat(zeros) + text;
}

/**
 * The bytes that a base58 text stands for.
 *
 * @param text base58, Bitcoin alphabet
 * @param size how many bytes it must stand for: 32 or 64
 * @param code the part of the message that this is, for the error
 * @throws ProtocolError with `code`, when it is not base58 or of another length; the text is not in the error
 */
export function decodeBase58(text: string, size: number, code: ProtocolErrorCode): Uint8Array {
  const longest = maxLength(size);
  // A key of 32 bytes where one of 64 is wanted is the likeliest mistake, and still short enough to decode.
  if (text.length > 2 * longest) {
    throw new ProtocolError(
      code,
      `expected ${size} bytes in base58 (at most ${longest} characters), got ${text.length} characters`,
    );
  }
  const bytes = decode(text);
  if (bytes === undefined) {
    throw new ProtocolError(code, `expected ${size} bytes in base58, got a character that is not base58`);
  }
  if (bytes.length !== size) {
    throw new ProtocolError(code, `expected ${size} bytes in base58, got ${bytes.length}`);
  }
  return bytes;
}

/** undefined when there is a character that is not base58. */
function decode(text: string): Uint8Array | undefined {
  let zeros = 0;
  while (text.charCodeAt(zeros) === ZERO) zeros++;
  let value = 0n;
  // The first chunk has what the others leave.
  let end = zeros + ((text.length - zeros) % CHUNK_DIGITS || CHUNK_DIGITS);
  for (let at = zeros; at < text.length; end += CHUNK_DIGITS) {
    let chunk = 0;
    for (; at < end; at++) {
      const digit = DIGITS[text.charCodeAt(at)] ?? -1;
      if (digit === -1) return undefined;
      chunk = chunk * BASE + digit;
    }
    value = value * CHUNK + BigInt(chunk);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const size = Math.ceil(hex.length / 2);
  const bytes = Buffer.allocUnsafe(zeros + size).fill(0, 0, zeros);
  bytes.write(hex.padStart(2 * size, '0'), zeros, 'hex');
  return bytes;
}
