import { inspect } from 'node:util';
import bs58 from 'bs58';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { decodeBase58, encodeBase58, isBase58Length, isBase58Of } from '../../src/protocol/base58.ts';
import { importPublicKey, isSmallOrder, KeyPair } from '../../src/protocol/keys.ts';
import { isCanonicalSignature, verifySignature } from '../../src/protocol/signature.ts';
import { protocolError } from '../helpers/failures.ts';
import { createTestKeys } from '../helpers/forge.ts';

describe('base58', () => {
  it('comes back from its text, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = encodeBase58(bytes);
        expect(isBase58Length(text.length, 32)).toBe(true);
        expect(Buffer.compare(decodeBase58(text, 32, 'public_key'), bytes)).toBe(0);
      }),
    );
  });

  it('tells a text for so many bytes from any other as decoding does', () => {
    const sizes = fc.constantFrom(31, 32, 33, 64);
    const bytes = sizes.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    const edge = sizes.chain((size) =>
      fc.tuple(fc.nat(size), fc.constantFrom(0, 1, 254, 255)).map(([zeros, rest]) => {
        const all = new Uint8Array(size).fill(rest);
        return all.fill(0, 0, zeros);
      }),
    );
    const text = fc.oneof(bytes.map(encodeBase58), edge.map(encodeBase58), fc.string({ maxLength: 90 }));
    fc.assert(
      fc.property(text, fc.constantFrom(32, 64), (given, size) => {
        expect(isBase58Of(given, size)).toBe(bs58.decodeUnsafe(given)?.length === size && given !== '');
      }),
      { numRuns: 3000 },
    );
  });

  it('is told from the text of one number more or less, at both ends of what so many bytes can hold', () => {
    for (const size of [32, 64]) {
      const least = encodeBase58(new Uint8Array(size).fill(1, 0, 1));
      const most = encodeBase58(new Uint8Array(size).fill(255));
      const less = encodeBase58(new Uint8Array(size - 1).fill(255));
      const more = encodeBase58(new Uint8Array(size + 1).fill(1, 0, 1));
      expect([less, least, most, more].map((text) => isBase58Of(text, size))).toEqual([false, true, true, false]);
    }
  });

  it('has room for the shortest and the longest text of a number of bytes', () => {
    for (const size of [32, 64]) {
      expect(isBase58Length(encodeBase58(new Uint8Array(size)).length, size)).toBe(true);
      expect(isBase58Length(encodeBase58(new Uint8Array(size).fill(255)).length, size)).toBe(true);
    }
  });

  it('says both lengths when there are other bytes than expected', () => {
    const text = bs58.encode(new Uint8Array(31).fill(7));
    expect(() => decodeBase58(text, 32, 'public_key')).toThrow('expected 32 bytes in base58, got 31');
  });

  it.each(['', '0OIl', `${'1'.repeat(31)}0`, '2'.repeat(5_000_000), 'ü'])('is refused when it is not: %#', (text) => {
    expect(() => decodeBase58(text, 32, 'public_key')).toThrow(protocolError('public_key'));
  });
});

describe('a public key of small order', () => {
  // The two of order 8, 2, 1 and 4 by their y coordinate (RFC 8032 §5.1.3), the sign of x in the last bit.
  const keys = [
    '01',
    '00',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ].map((hex) => Buffer.from(hex.padEnd(64, '0'), 'hex'));

  it('is one that somebody without a secret can sign for', async () => {
    // R is the neutral element and S is 0: valid for every message whose hash, times the key, is the neutral element.
    const signature = Buffer.concat([Buffer.from('01'.padEnd(64, '0'), 'hex'), Buffer.alloc(32)]);
    for (const bytes of keys) {
      const key = importPublicKey(bs58.encode(bytes));
      const tried = Array.from({ length: 256 }, (_, i) => verifySignature(Buffer.from([i]), signature, key));
      expect(await Promise.all(tried)).toContain(true);
    }
  });

  it('is told from others, with either sign', () => {
    for (const bytes of keys) {
      const other = Buffer.from(bytes);
      other[31] = (other[31] as number) ^ 0x80;
      expect([bytes, other].map((key) => isSmallOrder(bs58.encode(key)))).toEqual([true, true]);
    }
    expect(isSmallOrder(createTestKeys().publicKey)).toBe(false);
  });
});

describe('a key pair', () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it('signs as tweetnacl does with the same key', () => {
    fc.assert(
      fc.property(seeds, fc.uint8Array({ maxLength: 100 }), (seed, bytes) => {
        const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(seed);
        const keys = KeyPair.fromPrivateKey(bs58.encode(secretKey));
        expect(keys.publicKey).toBe(bs58.encode(publicKey));
        expect(Buffer.compare(keys.sign(bytes), nacl.sign.detached(bytes, secretKey))).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('is refused when the second half of the private key does not belong to the first', () => {
    const { secretKey } = nacl.sign.keyPair();
    secretKey[40] = (secretKey[40] as number) ^ 1;
    expect(() => KeyPair.fromPrivateKey(bs58.encode(secretKey))).toThrow(protocolError('private_key'));
  });

  it('is refused when a public key or a seed stands for the private key', () => {
    const { publicKey } = createTestKeys();
    expect(() => KeyPair.fromPrivateKey(publicKey)).toThrow(protocolError('private_key'));
    expect(() => KeyPair.fromPrivateKey(publicKey)).toThrow('expected 64 bytes in base58, got 32');
  });

  it('does not show its private half, however it is printed', () => {
    const { privateKey } = createTestKeys();
    const seed = Buffer.from(bs58.decode(privateKey).subarray(0, 32));
    const keys = KeyPair.fromPrivateKey(privateKey);
    for (const shown of [inspect(keys, { showHidden: true, depth: 9 }), JSON.stringify(keys), String(keys)]) {
      for (const form of [privateKey, seed.toString('hex'), seed.toString('base64')]) expect(shown).not.toContain(form);
    }
  });
});

describe('a signature', () => {
  const { publicKey, secretKey } = nacl.sign.keyPair();
  const key = importPublicKey(bs58.encode(publicKey));
  const bytes = Buffer.from('what is signed');

  it('of tweetnacl’s is valid', async () => {
    expect(await verifySignature(bytes, nacl.sign.detached(bytes, secretKey), key)).toBe(true);
  });

  it('is canonical as long as S is below the group order, and not from there on', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const withS = (s: bigint) =>
      new Uint8Array([...new Uint8Array(32), ...Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]);
    expect(isCanonicalSignature(withS(0n))).toBe(true);
    expect(isCanonicalSignature(withS(order - 1n))).toBe(true);
    expect(isCanonicalSignature(withS(order))).toBe(false);
    expect(isCanonicalSignature(withS(order + 1n))).toBe(false);
    expect(isCanonicalSignature(withS(2n ** 256n - 1n))).toBe(false);
  });

  it('is canonical exactly when its S is a smaller number', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }), (offset) => {
        const s = Buffer.from((order + offset).toString(16).padStart(64, '0'), 'hex').reverse();
        expect(isCanonicalSignature(new Uint8Array([...new Uint8Array(32), ...s]))).toBe(offset < 0n);
      }),
    );
  });
});
