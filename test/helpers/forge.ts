// The wire format a second time, from its description and with another library's signatures: what tests send, honest
// or forged, does not come from the code that they test.

import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signQuickly,
} from 'node:crypto';
import bs58 from 'bs58';
import nacl from 'tweetnacl';
import { noteSecret } from './secrets.ts';

/** A key pair of a test's. */
export interface TestKeys {
  /** base58 of 32 bytes */
  publicKey: string;
  /** base58 of 64 bytes */
  privateKey: string;
}

export function createTestKeys(): TestKeys {
  const { publicKey, secretKey } = nacl.sign.keyPair();
  const keys = { publicKey: bs58.encode(publicKey), privateKey: bs58.encode(secretKey) };
  noteSecret(keys.privateKey);
  return keys;
}

/** As many key pairs, from node:crypto, which makes one in a fiftieth of the time. */
export function createManyKeys(count: number): TestKeys[] {
  return Array.from({ length: count }, () => {
    const pair = generateKeyPairSync('ed25519');
    // Not as JWK: on Node 20 that export now and then waits for ever, when the garbage of earlier pairs is collected.
    const seed = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const keys = { publicKey: bs58.encode(publicKey), privateKey: bs58.encode(Buffer.concat([seed, publicKey])) };
    keyObjects.set(keys, pair.privateKey);
    return keys;
  });
}

/** The fields of a message; what is left out is a good value. */
export interface ForgedFields {
  destination?: string;
  /** Unix time in milliseconds; default now */
  timeMs?: number;
  /** default 12 random bytes */
  uuidHex?: string;
  verb?: string;
  wantsReply?: boolean;
  payload?: string | Uint8Array;
  /** Signs with node:crypto, which takes a hundredth of the time: for a thousand messages and more. */
  quick?: boolean;
}

/** A message with these fields and a good signature. */
export function forgeMessage(keys: TestKeys, fields: ForgedFields = {}): Buffer {
  const { destination = '**', verb = 'ping', wantsReply = false, payload = '' } = fields;
  const timeNs = BigInt(Math.round(fields.timeMs ?? Date.now())) * 1_000_000n + BigInt(randomBytes(2).readUInt16LE());
  const uuid = fields.uuidHex ?? randomBytes(12).toString('hex');
  const signedPart = Buffer.concat([
    Buffer.from(`${destination},${timeNs.toString(16)},${uuid},${verb},${wantsReply ? 'Q' : '_'},`),
    Buffer.from(payload as string),
  ]);
  return fields.quick ? signMany(keys, signedPart) : sign(keys, signedPart);
}

/**
 * A reply to the message with these bytes, as our nodes send it, or as nodes in the field do (`bound: false`); `quick`
 * as for messages.
 */
export function forgeReply(
  keys: TestKeys,
  request: Uint8Array,
  payload: string,
  fields: { bound?: boolean; quick?: boolean } = {},
): Buffer {
  const hash = createHash('sha256').update(request).digest('hex');
  return forgeMessage(keys, {
    destination: '',
    verb: 'reply',
    payload,
    quick: fields.quick ?? false,
    ...(fields.bound !== false && { uuidHex: hash }),
  });
}

/** The signed part of a message under a key's good signature. */
export function sign(keys: TestKeys, signedPart: Uint8Array): Buffer {
  const signature = nacl.sign.detached(new Uint8Array(signedPart), bs58.decode(keys.privateKey));
  return Buffer.concat([Buffer.from(`${keys.publicKey},${bs58.encode(signature)},`), signedPart]);
}

/** What RFC 8410 puts before the seed of an ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What node:crypto signs with: made once for each key pair, since that takes as long as signing. */
const keyObjects = new WeakMap<TestKeys, KeyObject>();

function signMany(keys: TestKeys, signedPart: Uint8Array): Buffer {
  const signature = signQuickly(null, signedPart, importKeys(keys));
  return Buffer.concat([Buffer.from(`${keys.publicKey},${bs58.encode(signature)},`), signedPart]);
}

function importKeys(keys: TestKeys): KeyObject {
  let key = keyObjects.get(keys);
  if (key === undefined) {
    const seed = bs58.decode(keys.privateKey).subarray(0, 32);
    key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    keyObjects.set(keys, key);
  }
  return key;
}

/** A message whose signature is a good one of its key, but over something else. */
export function spoilSignature(message: Uint8Array): Buffer {
  const text = Buffer.from(message).toString('latin1');
  const [key, , ...signedPart] = text.split(',');
  const other = nacl.sign.detached(Buffer.from('something else'), nacl.sign.keyPair().secretKey);
  return Buffer.from([key, bs58.encode(other), ...signedPart].join(','), 'latin1');
}
