import { isUtf8 } from 'node:buffer';

/**
 * The text that some bytes are in UTF-8, a byte order mark included. TextDecoder does the same and takes longer to
 * load than the rest of the start of this program.
 *
 * @returns undefined when they are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
