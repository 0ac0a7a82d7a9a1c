import bs58 from 'bs58';
import { ProtocolError, type ProtocolErrorCode } from './errors.ts';

// The Bitcoin alphabet. For one number of bytes there is exactly one text, so texts may be compared
// in place of bytes. Decoding takes time quadratic in the length, so lengths are checked before.

const BITS_PER_DIGIT = Math.log2(58);

/** Characters at most in the base58 text of `size` bytes; at least it is `size` (all zeros: that many '1'). */
function maxLength(size: number): number {
  return Math.ceil((size * 8) / BITS_PER_DIGIT);
}

/** The base58 text of some bytes. */
export function encodeBase58(bytes: Uint8Array): string {
  return bs58.encode(bytes);
}

/** Whether a text of this length could stand for `size` bytes. */
export function isBase58Length(length: number, size: number): boolean {
  return length >= size && length <= maxLength(size);
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
  const bytes = bs58.decodeUnsafe(text);
  if (bytes === undefined) {
    throw new ProtocolError(code, `expected ${size} bytes in base58, got a character that is not base58`);
  }
  if (bytes.length !== size) {
    throw new ProtocolError(code, `expected ${size} bytes in base58, got ${bytes.length}`);
  }
  return bytes;
}
