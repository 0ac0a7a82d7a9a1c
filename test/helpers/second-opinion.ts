// tweetnacl's word on a message's signature, from bytes taken apart without the code under test.

import bs58 from 'bs58';
import nacl from 'tweetnacl';

const COMMA = 0x2c;

/** Whether tweetnacl takes the signature for the key's over the signed part; false for what cannot be decoded. */
export function isSignedByItsKey(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes);
  const first = buffer.indexOf(COMMA);
  const second = buffer.indexOf(COMMA, first + 1);
  if (first === -1 || second === -1) return false;
  const key = bs58.decodeUnsafe(buffer.toString('latin1', 0, first));
  const signature = bs58.decodeUnsafe(buffer.toString('latin1', first + 1, second));
  if (key?.length !== nacl.sign.publicKeyLength || signature?.length !== nacl.sign.signatureLength) return false;
  return nacl.sign.detached.verify(new Uint8Array(buffer.subarray(second + 1)), signature, key);
}
