// Whether a text gives away a key. Every output of the real program is asked that when it ends, in whatever test.
//
// A private key says itself that it is one: its second half is the public key of the first. So those that the program
// makes (init, dev) are found as well as those that tests make; and seeds of NATS keys have a form of their own. Of the
// keys that tests make, the other forms in which somebody might print them are looked up.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import bs58 from 'bs58';

const BASE58 = /[1-9A-HJ-NP-Za-km-z]{40,90}/g;
const HEX = /[0-9a-f]{64,}/gi;
const BASE64 = /[A-Za-z0-9+/_-]{43,88}/g;
/** Of a user, an account or an operator. */
const NATS_SEED = /S[UAO][A-Z2-7]{56}/;

const PRIVATE_KEY_BYTES = 64;
const SEED_BYTES = 32;

/** What RFC 8410 puts before the seed of an ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Other forms of the keys that this worker's tests have made; base64 in the alphabet of URLs, without padding. */
const otherForms = new Set<string>();

/** Has outputs searched for every form of a test's key. */
export function noteSecret(privateKey: string): void {
  const bytes = Buffer.from(bs58.decode(privateKey));
  const seed = bytes.subarray(0, SEED_BYTES);
  otherForms.add(bs58.encode(seed)).add(seed.toString('hex')).add(seed.toString('base64url'));
  otherForms.add(bytes.toString('base64url'));
}

/**
 * What of a text is a secret: in words, without the secret.
 *
 * @returns undefined when nothing is
 */
export function findSecret(text: string): string | undefined {
  if (NATS_SEED.test(text)) return 'the seed of a NATS key';
  for (const [word] of text.matchAll(BASE58)) {
    if (isPrivateKey(word)) return 'a private key';
    if (otherForms.has(word)) return 'the seed of a private key';
  }
  for (const [word] of text.matchAll(HEX)) {
    // Also the first half of the two.
    if (otherForms.has(word.slice(0, 2 * SEED_BYTES).toLowerCase())) return 'a private key in hex';
  }
  for (const [word] of text.matchAll(BASE64)) {
    if (otherForms.has(word.replaceAll('+', '-').replaceAll('/', '_'))) return 'a private key in base64';
  }
  return undefined;
}

/** @throws Error when a text gives away a key; `where` says whose text it is */
export function assertNoSecret(text: string, where: string): void {
  const secret = findSecret(text);
  if (secret !== undefined) throw new Error(`${where} holds ${secret}`);
}

function isPrivateKey(word: string): boolean {
  let bytes: Uint8Array;
  try {
    bytes = bs58.decode(word);
  } catch {
    return false;
  }
  if (bytes.length !== PRIVATE_KEY_BYTES) return false;
  const key = Buffer.concat([PKCS8_PREFIX, bytes.subarray(0, SEED_BYTES)]);
  const derived = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
  return derived.export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES).equals(bytes.subarray(SEED_BYTES));
}
