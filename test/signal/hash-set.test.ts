import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashSet } from '../../src/signal/hash-set.ts';

/** Few enough different ones that many come twice, and many that differ in one word or in the first byte alone. */
const anyHash = fc.oneof(
  fc.uint8Array({ minLength: 8, maxLength: 8 }),
  fc.array(fc.constantFrom(0, 1, 255), { minLength: 8, maxLength: 8 }).map((bytes) => Uint8Array.from(bytes)),
);

const toText = (hash: Uint8Array) => Buffer.from(hash).toString('hex');
/** Both stand for nothing there and cannot be told apart: no SHA-256 that begins with 64 zeros is known. */
const isNearZero = (hash: Uint8Array) => /^0{8}(?:00000000|01000000)$/.test(toText(hash));

describe('a set of hashes', () => {
  it('says of every hash what a set of texts says', () => {
    fc.assert(
      fc.property(fc.array(anyHash, { maxLength: 400 }), (hashes) => {
        const set = new HashSet();
        const texts = new Set<string>();
        for (const hash of hashes.filter((hash) => !isNearZero(hash))) {
          expect(set.has(hash)).toBe(texts.has(toText(hash)));
          expect(set.add(hash)).toBe(!texts.has(toText(hash)));
          texts.add(toText(hash));
          expect(set.has(hash)).toBe(true);
          expect(set.size).toBe(texts.size);
        }
      }),
    );
  });

  it('says the same of 50,000 hashes, which make every table grow', () => {
    const set = new HashSet();
    const hash = (n: number) => createHash('sha256').update(String(n)).digest();
    for (let n = 0; n < 50_000; n++) expect(set.add(hash(n))).toBe(true);
    for (let n = 0; n < 50_000; n++) expect(set.add(hash(n))).toBe(false);
    for (let n = 50_000; n < 60_000; n++) expect(set.has(hash(n))).toBe(false);
    expect(set.size).toBe(50_000);
  });

  it('knows a hash that is all zeros', () => {
    const set = new HashSet();
    expect(set.has(new Uint8Array(32))).toBe(false);
    expect(set.add(new Uint8Array(32))).toBe(true);
    expect(set.has(new Uint8Array(32))).toBe(true);
  });

  it('holds a million hashes in less than 20 MB', () => {
    const random = randomBytes(8_000_000);
    const set = new HashSet();
    for (let at = 0; at < random.length; at += 8) set.add(random.subarray(at, at + 8));
    expect(set.size).toBe(1_000_000);
    expect(set.sizeBytes).toBeGreaterThan(8e6);
    expect(set.sizeBytes).toBeLessThan(20e6);
  });
});
