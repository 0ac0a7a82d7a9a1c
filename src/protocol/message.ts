// A message is `<public key>,<signature>,<signed part>`, the signed part
// `<destination>,<time>,<uuid>,<verb>,<Q or _>,<payload>`. The signature is over the signed part's bytes exactly as
// they travel, so a received message is read in place and never encoded again.

import { createHash } from 'node:crypto';
import { decodeBase58, encodeBase58, isBase58Length } from './base58.ts';
import { HASH_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './constants.ts';
import { ProtocolError, type ProtocolErrorCode } from './errors.ts';
import { importPublicKey, type KeyPair } from './keys.ts';
import { isCanonicalSignature, verifySignature } from './signature.ts';

const COMMA = 0x2c;
const REPLY_WANTED = 'Q';
const NO_REPLY_WANTED = '_';

/** What a sender says. */
export interface MessageContent {
  /** the pattern it is for; empty in a reply */
  destination: string;
  /** Unix time in nanoseconds */
  timeNs: bigint;
  /** at most 12 bytes; in a reply the request's 32-byte hash */
  uuid: Uint8Array;
  /** in lower case */
  verb: string;
  /** whether the sender listens for replies */
  wantsReply: boolean;
  /** any bytes */
  payload: Uint8Array;
}

/** A message in its canonical form, as received. Its signature has been looked at for shape only. */
export interface ParsedMessage {
  /** base58 of the sender's 32-byte key */
  publicKey: string;
  /** the sender's 64-byte signature over `signedPart` */
  signatureText: string;
  destination: string;
  /** Unix time in nanoseconds */
  timeNs: bigint;
  /** lower-case hex */
  uuid: string;
  verb: string;
  wantsReply: boolean;
  /** all the remaining bytes: a view of `bytes` */
  payload: Uint8Array;
  /** what is signed: a view of `bytes` */
  signedPart: Uint8Array;
  /** the whole message as it travelled */
  bytes: Uint8Array;
}

/** The bytes of a message, signed by `keys`. */
export function encodeMessage(content: MessageContent, keys: KeyPair): Uint8Array {
  const head = [
    content.destination,
    content.timeNs.toString(16),
    Buffer.from(content.uuid).toString('hex'),
    content.verb,
    content.wantsReply ? REPLY_WANTED : NO_REPLY_WANTED,
    '',
  ].join(',');
  const signedPart = Buffer.concat([Buffer.from(head, 'utf8'), content.payload]);
  const signature = encodeBase58(keys.sign(signedPart));
  return Buffer.concat([Buffer.from(`${keys.publicKey},${signature},`, 'latin1'), signedPart]);
}

/** The SHA-256 of a whole encoded message: its identity, and what names the subject of its replies. */
export function hashMessage(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/**
 * The key a message claims to be from, without reading the rest: the cheapest of all checks is whether it is known.
 *
 * @returns the base58 text, or undefined when what is there cannot be a key
 */
export function readSender(bytes: Uint8Array): string | undefined {
  // A comma that comes earlier stays in the text, which then is nobody's key.
  for (let end = PUBLIC_KEY_BYTES; isBase58Length(end, PUBLIC_KEY_BYTES); end++) {
    if (bytes[end] === COMMA) return view(bytes).toString('latin1', 0, end);
  }
  return undefined;
}

/**
 * Reads a message in its canonical form.
 *
 * The signature is not verified, nor are key and signature decoded: that is dear, and `verifyMessage` does it.
 *
 * @param bytes the whole message as it travelled
 * @throws ProtocolError with the field that is not canonical as its code
 */
export function parseMessage(bytes: Uint8Array): ParsedMessage {
  const buffer = view(bytes);
  let at = 0;
  const next = (): { start: number; end: number } => {
    const start = at;
    const end = buffer.indexOf(COMMA, start);
    if (end === -1) throw new ProtocolError('fields', 'expected seven commas, got fewer');
    at = end + 1;
    return { start, end };
  };
  const text = (code: ProtocolErrorCode): string => {
    const { start, end } = next();
    return decodeUtf8(buffer.subarray(start, end), code);
  };

  const key = next();
  if (!isBase58Length(key.end - key.start, PUBLIC_KEY_BYTES)) {
    throw new ProtocolError('public_key', `expected a base58 key, got ${key.end - key.start} characters`);
  }
  const signature = next();
  if (!isBase58Length(signature.end - signature.start, SIGNATURE_BYTES)) {
    throw new ProtocolError(
      'signature',
      `expected a base58 signature, got ${signature.end - signature.start} characters`,
    );
  }
  const signedStart = at;
  const destination = text('destination');
  const time = next();
  const uuid = next();
  const verb = text('verb');
  if (verb === '') throw new ProtocolError('verb', 'expected a verb, got nothing');
  const flag = next();

  return {
    publicKey: buffer.toString('latin1', key.start, key.end),
    signatureText: buffer.toString('latin1', signature.start, signature.end),
    destination,
    timeNs: parseTime(buffer.toString('latin1', time.start, Math.min(time.end, time.start + 17))),
    uuid: parseUuid(buffer.toString('latin1', uuid.start, Math.min(uuid.end, uuid.start + 2 * HASH_BYTES + 1))),
    verb,
    wantsReply: parseFlag(buffer.toString('latin1', flag.start, Math.min(flag.end, flag.start + 2))),
    payload: buffer.subarray(at),
    signedPart: buffer.subarray(signedStart),
    bytes,
  };
}

/**
 * Whether a message's signature is its sender's over exactly what travelled.
 *
 * The work is done on the thread pool; a key or signature of another length, or a signature whose S is not below
 * the group order, is false without it.
 *
 * @param key the sender's key in node:crypto's form when the caller keeps it, else it is made from the text
 */
export async function verifyMessage(message: ParsedMessage, key = importKey(message.publicKey)): Promise<boolean> {
  if (key === undefined) return false;
  let signature: Uint8Array;
  try {
    signature = decodeBase58(message.signatureText, SIGNATURE_BYTES, 'signature');
  } catch {
    return false;
  }
  if (!isCanonicalSignature(signature)) return false;
  return verifySignature(message.signedPart, signature, key);
}

function importKey(text: string) {
  try {
    return importPublicKey(text);
  } catch {
    return undefined;
  }
}

function parseTime(text: string): bigint {
  // 16 digits are 64 bits: field nodes count in a signed 64-bit integer.
  if (!/^(0|[1-9a-f][0-9a-f]{0,15})$/.test(text)) {
    throw new ProtocolError('time', 'expected nanoseconds in lower-case hex without leading zeros');
  }
  return BigInt(`0x${text}`);
}

function parseUuid(text: string): string {
  if (text.length > 2 * HASH_BYTES || !/^([0-9a-f]{2})*$/.test(text)) {
    throw new ProtocolError('uuid', `expected at most ${HASH_BYTES} bytes in lower-case hex`);
  }
  return text;
}

function parseFlag(text: string): boolean {
  if (text !== REPLY_WANTED && text !== NO_REPLY_WANTED) {
    throw new ProtocolError('flag', `expected ${REPLY_WANTED} or ${NO_REPLY_WANTED}`);
  }
  return text === REPLY_WANTED;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array, code: ProtocolErrorCode): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ProtocolError(code, `expected UTF-8 in the ${code}`);
  }
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
