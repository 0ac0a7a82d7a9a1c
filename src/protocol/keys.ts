import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { decodeBase58, encodeBase58 } from './base58.ts';
import { PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES, SEED_BYTES } from './constants.ts';
import { ProtocolError } from './errors.ts';

// node:crypto takes keys as DER or as JWK (RFC 8037 §2). As JWK an import takes a tenth of the time: 7 µs for 71 µs.
// Nothing is exported as JWK: node 20 may wait for itself for ever when memory is collected during that.

/**
 * A public key in the form that node:crypto verifies with.
 *
 * @param text base58 of the 32-byte ed25519 public key
 * @throws ProtocolError 'public_key'
 */
export function importPublicKey(text: string): KeyObject {
  return importPublicKeyBytes(decodeBase58(text, PUBLIC_KEY_BYTES, 'public_key'));
}

function importPublicKeyBytes(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: encodeBase64Url(bytes) }, format: 'jwk' });
}

/**
 * A private key in the form that node:crypto signs with.
 *
 * @param seed the 32 bytes of RFC 8032 §5.1.5
 */
export function importSeed(seed: Uint8Array): KeyObject {
  // Its public half is computed; what stands at x must be a text and is not looked at.
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: encodeBase64Url(seed), x: '' }, format: 'jwk' });
}

function encodeBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

// The y coordinates of the points whose order divides the cofactor 8, with p and p+1 as other forms of 0 and 1.
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

let smallOrderTexts: ReadonlySet<string> | undefined;

/**
 * Whether a public key is a point of small order: no secret belongs to it, and signatures for it can be made up.
 *
 * @param publicKey base58 of the 32 bytes of RFC 8032 §5.1.5
 */
export function isSmallOrder(publicKey: string): boolean {
  smallOrderTexts ??= new Set(
    SMALL_ORDER.flatMap((hex) => {
      const y = Buffer.from(hex, 'hex');
      const other = Buffer.from(y);
      // The last bit is the sign of x.
      other[PUBLIC_KEY_BYTES - 1] = (other[PUBLIC_KEY_BYTES - 1] as number) ^ 0x80;
      return [encodeBase58(y), encodeBase58(other)];
    }),
  );
  return smallOrderTexts.has(publicKey);
}

/** Characters of a key that are enough to find it in a list of peers. */
const SHOWN_CHARACTERS = 4;

/** The beginning of a public key, as messages name it: `3v96…`. */
export function shortenKey(publicKey: string): string {
  return `${publicKey.slice(0, SHOWN_CHARACTERS)}…`;
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
    const publicKey = bytes.subarray(SEED_BYTES);
    if (!createPublicKey(privateKey).equals(importPublicKeyBytes(publicKey))) {
      throw new ProtocolError('private_key', 'its two halves do not belong together');
    }
    return new KeyPair(encodeBase58(publicKey), privateKey);
  }

  /** The 64-byte signature of some bytes (RFC 8032 §5.1.6). */
  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#privateKey);
  }
}
