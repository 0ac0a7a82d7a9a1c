// What is printed as JSON, described in docs/output.schema.json.

import { decodeUtf8 } from '../protocol/utf8.ts';
import type { SetAside } from '../signal/failures.ts';
import type { HistoryEntry } from '../signal/history.ts';
import type { ReceivedMessage } from '../signal/receive-plan.ts';
import type { Reply } from '../signal/request.ts';
import type { OutputRecord } from './context.ts';
import { isDurable } from './incoming.ts';

const NS_PER_MS = 1_000_000n;

/**
 * A message that was received.
 *
 * @param exitCode what its script ended with; undefined when there is no script
 */
export function toMessageRecord(message: ReceivedMessage, exitCode: number | undefined): OutputRecord {
  return {
    type: 'message',
    sender: message.senderDestination,
    public_key: message.publicKey,
    destination: message.destination,
    verb: message.verb,
    ...describeUuid(Buffer.from(message.uuid, 'hex')),
    time: formatTime(message.timeNs),
    wants_reply: message.wantsReply,
    ...bytesField('payload', message.payload),
    ...(isDurable(message) && { id: message.id, attempt: message.attempt }),
    ...(exitCode !== undefined && { exit_code: exitCode }),
  };
}

/** A reply to a request. */
export function toReplyRecord(reply: Reply): OutputRecord {
  return {
    type: 'reply',
    destination: reply.destination,
    public_key: reply.publicKey,
    exit_code: reply.exitCode ?? null,
    ...bytesField('output', reply.output),
    milliseconds: roundMs(reply.elapsedMs),
    bound: reply.bound,
  };
}

/** A message that was set aside. */
export function toFailureRecord(failure: SetAside): OutputRecord {
  const { id, message, sender, by, failedMs, attempts, exitCode, retry } = failure;
  return {
    type: 'failure',
    id,
    sender: sender ?? null,
    public_key: message.publicKey,
    destination: message.destination,
    verb: message.verb,
    ...describeUuid(Buffer.from(message.uuid, 'hex')),
    time: formatTime(message.timeNs),
    ...bytesField('payload', message.payload),
    listener: by,
    failed: new Date(failedMs).toISOString(),
    attempts,
    exit_code: exitCode,
    retry: retry === undefined ? null : { by: retry.by, asked: new Date(retry.askedMs).toISOString() },
  };
}

/** A message that was kept, whatever is to be thought of it. */
export function toEntryRecord({ message, ...entry }: HistoryEntry): OutputRecord {
  return {
    type: 'entry',
    seq: entry.seq,
    stored: new Date(entry.storedMs).toISOString(),
    channel: entry.channel,
    verdict: entry.verdict,
    copy: entry.isCopy,
    off_time: entry.isOffTime,
    sender: entry.sender ?? null,
    ...(message !== undefined && {
      public_key: message.publicKey,
      destination: message.destination,
      verb: message.verb,
      ...describeUuid(Buffer.from(message.uuid, 'hex')),
      time: formatTime(message.timeNs),
      wants_reply: message.wantsReply,
    }),
    ...bytesField('payload', message?.payload ?? entry.bytes),
  };
}

/** A uuid in hex, and as the text that it may have been given as. */
export function describeUuid(uuid: Uint8Array): { uuid: string; uuid_text: string | null } {
  const text = decodeUtf8(uuid);
  const isText = text !== undefined && !/[\x00-\x1f\x7f-\x9f]/.test(text);
  return { uuid: Buffer.from(uuid).toString('hex'), uuid_text: isText ? text : null };
}

/** Bytes under their name when they are UTF-8, else in base64 and under a name that says so. */
export function bytesField(name: string, bytes: Uint8Array): Record<string, string> {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return { [name]: text };
  return { [`${name}_base64`]: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64') };
}

/** Milliseconds to a thousandth. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * A time as RFC 3339 has it, in UTC, with all its nanoseconds.
 *
 * @param timeNs Unix time in nanoseconds
 */
export function formatTime(timeNs: bigint): string {
  const seconds = new Date(Number(timeNs / NS_PER_MS)).toISOString().slice(0, -'.000Z'.length);
  return `${seconds}.${(timeNs % (1000n * NS_PER_MS)).toString().padStart(9, '0')}Z`;
}
