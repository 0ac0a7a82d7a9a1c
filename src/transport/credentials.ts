// A NATS credentials file holds a user's token (a JWT) and the seed of the user's key, each between dashed lines. The
// server sends a nonce, and the answer is the token and the nonce's signature. node:crypto signs: the nkeys package
// does it in JavaScript, which takes longer than everything else at the start of this program together.

import { sign } from 'node:crypto';
import { importSeed } from '../protocol/keys.ts';
import { TransportError } from './errors.ts';

/** What a user proves itself to a server with. */
export interface Credentials {
  jwt: string;
  /** Signs a server's nonce; base64url without padding, as the CONNECT message has it. */
  sign(nonce: string): string;
}

// nkeys: https://docs.nats.io/reference/reference-protocols/nats-protocol/nats-nkeys
const SEED_PREFIX = 18 << 3;
const USER_PREFIX = 20 << 3;
/** prefix and kind in two bytes, a seed of 32, a checksum of two */
const ENCODED_SEED_BYTES = 36;
const ENCODED_SEED_CHARACTERS = Math.ceil((ENCODED_SEED_BYTES * 8) / 5);
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Reads the text of a NATS credentials file.
 *
 * @param text the whole file
 * @param path its name, for errors
 * @throws TransportError 'credentials'
 */
export function parseCredentials(text: string, path: string): Credentials {
  const fail = (reason: string): never => {
    throw new TransportError('credentials', `credentials file ${path}: ${reason}`);
  };
  const jwt = readBlock(text, 'USER JWT') ?? fail('expected a block `-----BEGIN NATS USER JWT-----`');
  const seedText = readBlock(text, 'USER NKEY SEED') ?? fail('expected a block `-----BEGIN USER NKEY SEED-----`');
  const seed = decodeSeed(seedText) ?? fail('the seed is damaged: expected a user seed, which begins with SU');
  const key = importSeed(seed);
  return { jwt, sign: (nonce) => sign(null, Buffer.from(nonce, 'utf8'), key).toString('base64url') };
}

function readBlock(text: string, label: string): string | undefined {
  // At the ends there may be more dashes: to look for any number of them takes the square of the time of a row of them.
  const block = new RegExp(`---BEGIN (?:NATS )?${label}-{3,}\\s+([A-Za-z0-9_.-]+?)\\s+-{3,}END (?:NATS )?${label}---`);
  return block.exec(text)?.[1];
}

/** The 32 bytes of a user's seed, or undefined when the text is not one or its checksum is wrong. */
function decodeSeed(text: string): Uint8Array | undefined {
  const bytes = decodeBase32(text);
  if (bytes === undefined || text.length !== ENCODED_SEED_CHARACTERS) return undefined;
  const body = bytes.subarray(0, ENCODED_SEED_BYTES - 2);
  if (crc16(body) !== bytes.readUInt16LE(ENCODED_SEED_BYTES - 2)) return undefined;
  // The kind's eight bits are spread over the two bytes: three at the end of the first, five at the start of the second.
  const first = body[0] as number;
  const kind = ((first & 0b111) << 5) | ((body[1] as number) >> 3);
  if ((first & 0b11111000) !== SEED_PREFIX || kind !== USER_PREFIX) return undefined;
  return body.subarray(2);
}

/** RFC 4648 §6 without padding. */
function decodeBase32(text: string): Buffer | undefined {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const character of text) {
    const value = BASE32.indexOf(character);
    if (value === -1) return undefined;
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

/** CRC-16/XMODEM: polynomial 0x1021, starting at 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
