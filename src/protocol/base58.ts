// Base58 in the Bitcoin alphabet (https://datatracker.ietf.org/doc/html/draft-msporny-base58-03): a number in base 58,
// and a '1' for each zero byte before it. For one number of bytes there is exactly one text, so texts may be compared
// in place of bytes. Two characters and two bytes are dealt with at a time, which keeps every intermediate value below
// 2^28. Both ways take time quadratic in the length, so lengths are checked before.

import { ProtocolError, type ProtocolErrorCode } from './errors.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const ZERO = ALPHABET.charCodeAt(0);
const BASE = 58;
const BITS_PER_DIGIT = Math.log2(BASE);

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
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  /** pairs of digits, the last ones first */
  const pairs: number[] = [];
  const append = (value: number, scale: number) => {
    let carry = value;
    for (let i = 0; i < pairs.length || carry > 0; i++) {
      const sum = (pairs[i] ?? 0) * scale + carry;
      pairs[i] = sum % (BASE * BASE);
      carry = Math.floor(sum / (BASE * BASE));
    }
  };
  let at = zeros;
  if ((bytes.length - at) % 2 === 1) append(bytes[at++] as number, 1 << 8);
  for (; at < bytes.length; at += 2) append(((bytes[at] as number) << 8) | (bytes[at + 1] as number), 1 << 16);

  let text = ALPHABET.charAt(0).repeat(zeros);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const pair = pairs[i] as number;
    const high = Math.floor(pair / BASE);
    // A number does not begin with 0.
    if (high > 0 || i < pairs.length - 1) text += ALPHABET.charAt(high);
    text += ALPHABET.charAt(pair % BASE);
  }
  return text;
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
  /** pairs of bytes, the last ones first; each character adds less than 6 bits */
  const pairs = new Uint16Array(Math.ceil(((text.length - zeros) * 6) / 16) + 1);
  let used = 0;
  for (let at = zeros; at < text.length; ) {
    // An odd number of characters begins with a single one.
    const single = at === zeros && (text.length - zeros) % 2 === 1;
    const high = single ? 0 : (DIGITS[text.charCodeAt(at++)] ?? -1);
    const low = DIGITS[text.charCodeAt(at++)] ?? -1;
    if (high < 0 || low < 0) return undefined;
    let carry = high * BASE + low;
    for (let i = 0; i < used || carry > 0; i++) {
      const sum = (pairs[i] as number) * (BASE * BASE) + carry;
      pairs[i] = sum & 0xffff;
      carry = sum >>> 16;
      if (i >= used) used = i + 1;
    }
  }
  const highest = used === 0 ? 0 : (pairs[used - 1] as number);
  const length = 2 * used - (used > 0 && highest < 0x100 ? 1 : 0);
  const bytes = new Uint8Array(zeros + length);
  for (let i = 0; i < length; i++) {
    const pair = pairs[i >> 1] as number;
    bytes[bytes.length - 1 - i] = i % 2 === 0 ? pair & 0xff : pair >> 8;
  }
  return bytes;
}
