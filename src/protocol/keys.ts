import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { decodeBase58, encodeBase58 } from './base58.ts';
import { PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES, SEED_BYTES } from './constants.ts';

// node:crypto takes keys as DER only: what precedes the 32 bytes of an ed25519 key there (RFC 8410 §4 and §7).
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * A public key in the form that node:crypto verifies with.
 *
 * @param text base58 of the 32-byte ed25519 public key
 * @throws ProtocolError 'public_key'
 */
export function importPublicKey(text: string): KeyObject {
  const bytes = decodeBase58(text, PUBLIC_KEY_BYTES, 'public_key');
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
}

/**
 * A private key in the form that node:crypto signs with.
 *
 * @param seed the 32 bytes of RFC 8032 §5.1.5
 */
export function importSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

/** An ed25519 key pair that signs. The private half cannot be read back, printed or serialised. */
export class KeyPair {
  /** base58 of the 32-byte public key */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;

  private constructor(publicKey: string, privateKey: KeyObject) {
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /**
   * Reads a private key as configurations hold it.
   *
   * @param text base58 of 64 bytes: the seed, then the public key that belongs to it
   * @throws ProtocolError 'private_key' for another length, or when the two halves do not belong together
   */
  static fromPrivateKey(text: string): KeyPair {
    const bytes = decodeBase58(text, PRIVATE_KEY_BYTES, 'private_key');
    const privateKey = importSeed(bytes.subarray(0, SEED_BYTES));
    const derived = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    return new KeyPair(encodeBase58(derived.subarray(SPKI_PREFIX.length)), privateKey);
  }

  /** The 64-byte signature of some bytes (RFC 8032 §5.1.6). */
  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#privateKey);
  }
}
