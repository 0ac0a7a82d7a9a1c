import { type KeyObject, verify } from 'node:crypto';

// The order of the group, 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1), little-endian as S travels.
const GROUP_ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

/**
 * Whether a signature's S is below the group order (RFC 8032 §5.1.7). With a larger one the same signature would have
 * a second form, and a message a second hash.
 *
 * @param signature 64 bytes: R, then S
 */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const s = signature[32 + i] as number;
    const order = GROUP_ORDER[i] as number;
    if (s !== order) return s < order;
  }
  return false;
}

/** Whether `signature` is the key's over `bytes` (RFC 8032 §5.1.7), computed on the thread pool. */
export function verifySignature(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, bytes, key, signature, (error, valid) => (error ? reject(error) : resolve(valid)));
  });
}
