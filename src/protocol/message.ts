// A message is `<public key>,<signature>,<signed part>`, the signed part
// `<destination>,<time>,<uuid>,<verb>,<Q or _>,<payload>`. The signature is over the signed part's bytes exactly as
// they travel, so a received message is read in place and never encoded again.

import { hash } from 'node:crypto';
import { decodeBase58, encodeBase58, isBase58Length } from './base58.ts';
import { HASH_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './constants.ts';
import { ProtocolError, type ProtocolErrorCode } from './errors.ts';
import { importPublicKey, type KeyPair } from './keys.ts';
import { isCanonicalSignature, verifySignature } from './signature.ts';
import { decodeUtf8 } from './utf8.ts';

const COMMA = 0x2c;
const ASCII_ZERO = 0x30;
const ASCII_A = 0x61;
/** Longer than any honest field; to look at each byte of a longer one takes more time than to decode it. */
const SHORT_TEXT_BYTES = 256;
const REPLY_WANTED = 'Q';
const NO_REPLY_WANTED = '_';
const FLAG_REPLY_WANTED = REPLY_WANTED.charCodeAt(0);
const FLAG_NO_REPLY_WANTED = NO_REPLY_WANTED.charCodeAt(0);

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
  // As a text first: to be given a buffer takes twice as long.
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
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
  return new MessageView(view(bytes));
}

/** The same, where bytes that are no message are expected: undefined for those. */
export function readMessage(bytes: Uint8Array): ParsedMessage | undefined {
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Most messages are for somebody else: what only the others need is read when it is asked for. */
class MessageView implements ParsedMessage {
  readonly bytes: Buffer;
  readonly publicKey: string;
  readonly destination: string;
  readonly uuid: string;
  readonly verb: string;
  readonly wantsReply: boolean;
  readonly #signatureStart: number;
  readonly #signedStart: number;
  readonly #timeStart: number;
  readonly #timeEnd: number;
  readonly #payloadStart: number;
  #timeNs: bigint | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const keyEnd = findComma(bytes, 0);
    const signatureEnd = findComma(bytes, keyEnd + 1);
    const destinationEnd = findComma(bytes, signatureEnd + 1);
    const timeEnd = findComma(bytes, destinationEnd + 1);
    const uuidEnd = findComma(bytes, timeEnd + 1);
    const verbEnd = findComma(bytes, uuidEnd + 1);
    const flagEnd = findComma(bytes, verbEnd + 1);
    this.#signatureStart = keyEnd + 1;
    this.#signedStart = signatureEnd + 1;
    this.#timeStart = destinationEnd + 1;
    this.#timeEnd = timeEnd;
    this.#payloadStart = flagEnd + 1;

    if (!isBase58Length(keyEnd, PUBLIC_KEY_BYTES)) {
      throw new ProtocolError('public_key', `expected a base58 key, got ${keyEnd} characters`);
    }
    if (!isBase58Length(signatureEnd - keyEnd - 1, SIGNATURE_BYTES)) {
      const length = signatureEnd - keyEnd - 1;
      throw new ProtocolError('signature', `expected a base58 signature, got ${length} characters`);
    }
    this.publicKey = bytes.toString('latin1', 0, keyEnd);
    this.destination = readText(bytes, signatureEnd + 1, destinationEnd, 'destination');
    checkTime(bytes, destinationEnd + 1, timeEnd);
    this.uuid = readUuid(bytes, timeEnd + 1, uuidEnd);
    this.verb = readText(bytes, uuidEnd + 1, verbEnd, 'verb');
    if (this.verb === '') throw new ProtocolError('verb', 'expected a verb, got nothing');
    this.wantsReply = readFlag(bytes, verbEnd + 1, flagEnd);
  }

  get signatureText(): string {
    return this.bytes.toString('latin1', this.#signatureStart, this.#signedStart - 1);
  }

  get timeNs(): bigint {
    this.#timeNs ??= BigInt(`0x${this.bytes.toString('latin1', this.#timeStart, this.#timeEnd)}`);
    return this.#timeNs;
  }

  get signedPart(): Uint8Array {
    return this.bytes.subarray(this.#signedStart);
  }

  get payload(): Uint8Array {
    return this.bytes.subarray(this.#payloadStart);
  }
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

function findComma(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(COMMA, start);
  if (end === -1) throw new ProtocolError('fields', 'expected seven commas, got fewer');
  return end;
}

function readText(bytes: Buffer, start: number, end: number, code: ProtocolErrorCode): string {
  if (isShortAscii(bytes, start, end)) return bytes.toString('latin1', start, end);
  const text = decodeUtf8(bytes.subarray(start, end));
  if (text === undefined) throw new ProtocolError(code, `expected UTF-8 in the ${code}`);
  return text;
}

function isShortAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > SHORT_TEXT_BYTES) return false;
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) >= 0x80) return false;
  }
  return true;
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    const isDigit = byte >= ASCII_ZERO && byte < ASCII_ZERO + 10;
    if (!isDigit && !(byte >= ASCII_A && byte < ASCII_A + 6)) return false;
  }
  return true;
}

function checkTime(bytes: Uint8Array, start: number, end: number): void {
  const digits = end - start;
  // 16 digits are 64 bits: field nodes count in a signed 64-bit integer.
  const hasTime = digits === 1 || (digits > 1 && digits <= 16 && bytes[start] !== ASCII_ZERO);
  if (!hasTime || !isHex(bytes, start, end)) {
    throw new ProtocolError('time', 'expected nanoseconds in lower-case hex without leading zeros');
  }
}

function readUuid(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length % 2 !== 0 || length > 2 * HASH_BYTES || !isHex(bytes, start, end)) {
    throw new ProtocolError('uuid', `expected at most ${HASH_BYTES} bytes in lower-case hex`);
  }
  return bytes.toString('latin1', start, end);
}

function readFlag(bytes: Uint8Array, start: number, end: number): boolean {
  const flag = bytes[start];
  if (end - start !== 1 || (flag !== FLAG_REPLY_WANTED && flag !== FLAG_NO_REPLY_WANTED)) {
    throw new ProtocolError('flag', `expected ${REPLY_WANTED} or ${NO_REPLY_WANTED}`);
  }
  return flag === FLAG_REPLY_WANTED;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
