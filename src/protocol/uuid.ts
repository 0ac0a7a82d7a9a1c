import { createHash } from 'node:crypto';
import { UUID_BYTES } from './constants.ts';

/**
 * The bytes that stand for the value given with -u.
 *
 * @param text any text; up to 12 bytes of UTF-8 travel as they are, a longer one as the first 12 bytes of its SHA-256
 */
export function encodeUuid(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= UUID_BYTES) return bytes;
  return createHash('sha256').update(bytes).digest().subarray(0, UUID_BYTES);
}
