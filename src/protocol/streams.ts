// What there is on a broker that keeps streams: the names of the streams, and of what travels to them. A subject may hold
// what a stream's name may not, and two subjects may not come to one name.

import { createHash } from 'node:crypto';
import { HASH_BYTES } from './constants.ts';
import { messageSubject } from './subject.ts';

/** What a network keeps: messages as they were published; the entries of locks, barriers and durable listeners. */
export type StreamKind = 'history' | 'coordination';

/** What coordination is about, each a token below the subject. */
const COORDINATION = ['lock', 'barrier', 'durable'] as const;

/** Hex digits that tell names apart which would be the same without. */
const DIGEST_CHARACTERS = 8;

/** Bytes of a lock's or a barrier's name at most. */
const MAX_NAME_BYTES = 64;

/** A server takes 255 characters, in which the digest and the kind have to fit too. */
const MAX_STREAM_NAME = 200;

/** The name of a network's stream: the subject, and when that cannot stand in a name what tells it from others. */
export function streamName(subject: string, kind: StreamKind): string {
  const name = subject.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_STREAM_NAME);
  return `${name === subject ? name : `${name}-${digest(subject)}`}-${kind}`;
}

/** What the history holds: `<subject>.all` and each channel; never all below the subject, where the replies are too. */
export function historySubjects(subject: string, channels: readonly string[]): string[] {
  return [...new Set([messageSubject(subject), ...channels.map((channel) => messageSubject(subject, channel))])];
}

/** What the coordination stream holds. */
export function coordinationSubjects(subject: string): string[] {
  return [`${subject}.lock.*`, `${subject}.barrier.*`, `${subject}.durable.*.*`];
}

/** The subject of a lock's entries. */
export function lockSubject(subject: string, name: string): string {
  return `${subject}.lock.${encodeName(name)}`;
}

/** The subject of a barrier's entries. */
export function barrierSubject(subject: string, name: string): string {
  return `${subject}.barrier.${encodeName(name)}`;
}

/** The subject of what is set aside for a durable consumer, or is to be tried again; `*`: of both. */
export function durableSubject(subject: string, consumer: string, what: 'failed' | 'retry' | '*'): string {
  return `${subject}.durable.${encodeName(consumer)}.${what}`;
}

/** The name that stands in such a subject; undefined when the token is none. */
export function parseNameToken(token: string): string | undefined {
  if (!/^(?:[0-9a-f]{2})+$/.test(token)) return undefined;
  const name = Buffer.from(token, 'hex').toString('utf8');
  return encodeName(name) === token ? name : undefined;
}

/**
 * The name of a durable consumer, which is another one for each set of filters.
 *
 * @param name letters, digits, - and _
 * @param filters what tells which messages it is for, in an order that does not change
 */
export function durableName(name: string, filters: readonly string[]): string {
  // With their lengths, so that no two lists come to the same bytes.
  return `${name}-${digest(filters.map((filter) => `${Buffer.byteLength(filter)}:${filter}`).join())}`;
}

/**
 * What is wrong with the name of a lock or a barrier, if anything.
 *
 * @returns one clause, or undefined when the name is good
 */
export function findNameFault(name: string): string | undefined {
  if (name === '') return 'it cannot be empty';
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_NAME_BYTES) return `it cannot be longer than ${MAX_NAME_BYTES} bytes, and has ${bytes}`;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return 'it cannot hold what is not printable';
  return undefined;
}

/** Whether a channel's subject would be one of coordination, or of the replies to a request. */
export function isReservedChannel(channel: string): boolean {
  const [first = '', ...below] = channel.split('.');
  return ((COORDINATION as readonly string[]).includes(first) && below.length > 0) || isHash(channel);
}

function isHash(text: string): boolean {
  return text.length === HASH_BYTES * 2 && /^[0-9a-f]+$/.test(text);
}

function encodeName(name: string): string {
  return Buffer.from(name, 'utf8').toString('hex');
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, DIGEST_CHARACTERS);
}
