import { DEFAULT_CHANNEL } from './constants.ts';

/** A server cuts off who sends a longer line than 4,096 bytes, and a line can hold two subjects of two names each. */
const MAX_NAME_BYTES = 1000;

/** The NATS subject that messages travel on: `<subject>.all`, or `<subject>.<channel>`. */
export function messageSubject(subject: string, channel: string = DEFAULT_CHANNEL): string {
  return `${subject}.${channel}`;
}

/** The NATS subject for the replies to a request: `<subject>.<hex of the request's hash>`. */
export function replySubject(subject: string, hash: Uint8Array): string {
  return `${subject}.${Buffer.from(hash).toString('hex')}`;
}

/**
 * What is wrong with a subject or channel name, if anything: NATS has wildcards, white space separates its
 * protocol's words, and empty tokens are invalid.
 *
 * @returns one clause, or undefined when the name is good
 */
export function findSubjectFault(name: string): string | undefined {
  if (name === '') return 'it cannot be empty';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `it cannot be longer than ${MAX_NAME_BYTES} bytes`;
  if (/[*>]/.test(name)) return 'it cannot hold * or >';
  if (/[\s\0-\x1f\x7f-\x9f]/.test(name)) return 'it cannot hold white space or control characters';
  if (name.split('.').includes('')) return 'it cannot begin or end with a dot, nor have two together';
  return undefined;
}
