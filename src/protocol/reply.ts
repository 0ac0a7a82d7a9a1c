// A reply is a message with the reserved verb `reply`, an empty destination and no wish for a reply of its own; its
// payload is `<exit code>,<output>`, or NO_DATA from a field node without a script. A uuid of 32 bytes is the hash of
// the request that it answers.

import { HASH_BYTES, NO_DATA, REPLY_VERB } from './constants.ts';
import { ProtocolError } from './errors.ts';
import type { KeyPair } from './keys.ts';
import { encodeMessage, type ParsedMessage, parseMessage } from './message.ts';

/** What a responder says. */
export interface ReplyContent {
  /** Unix time in nanoseconds */
  timeNs: bigint;
  /** the 32-byte hash of the request that this answers */
  requestHash: Uint8Array;
  /** the exit code of what the responder ran; 0 when it has no script */
  exitCode: number;
  /** what it printed: any bytes */
  output: Uint8Array;
}

/** A reply in its canonical form, as received. Its signature has been looked at for shape only. */
export interface ParsedReply {
  message: ParsedMessage;
  /** undefined when a field node without a script sent NO_DATA alone */
  exitCode: number | undefined;
  /** what the responder printed: a view of the message */
  output: Uint8Array;
  /** how it is tied to a request: to the one with this hash in hex, or to none, as field nodes do */
  boundTo: string | undefined;
}

/** The bytes of a reply, signed by `keys`. */
export function encodeReply(reply: ReplyContent, keys: KeyPair): Uint8Array {
  return encodeMessage(
    {
      destination: '',
      timeNs: reply.timeNs,
      uuid: reply.requestHash,
      verb: REPLY_VERB,
      wantsReply: false,
      payload: Buffer.concat([Buffer.from(`${reply.exitCode},`, 'latin1'), reply.output]),
    },
    keys,
  );
}

/**
 * Reads a reply in its canonical form; its signature is not verified.
 *
 * @param bytes the whole reply as it travelled
 * @throws ProtocolError with the field that is not canonical as its code; 'reply' when it is a message but no reply
 */
export function parseReply(bytes: Uint8Array): ParsedReply {
  const message = parseMessage(bytes);
  if (message.verb !== REPLY_VERB || message.destination !== '' || message.wantsReply) {
    throw new ProtocolError('reply', `expected the verb ${REPLY_VERB}, no destination, and _`);
  }
  return {
    message,
    ...parsePayload(message.payload),
    boundTo: message.uuid.length === 2 * HASH_BYTES ? message.uuid : undefined,
  };
}

function parsePayload(payload: Uint8Array): { exitCode: number | undefined; output: Uint8Array } {
  // The longest code anybody has reason to send is that of a 64-bit integer.
  const start = Buffer.from(payload.subarray(0, 22)).toString('latin1');
  const code = /^(-?[0-9]{1,20}),/.exec(start)?.[1];
  if (code !== undefined) return { exitCode: Number(code), output: payload.subarray(code.length + 1) };
  if (start === NO_DATA) return { exitCode: undefined, output: payload };
  throw new ProtocolError('reply', `expected an exit code and a comma, or ${NO_DATA}`);
}

/** Bytes that a reply needs at most besides its output: the longest key, signature, time and exit code, and commas. */
export const REPLY_OVERHEAD_BYTES = 256;
