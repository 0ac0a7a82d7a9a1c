// Entries about the messages of durable consumers. They travel as messages with the verb of replies, which no receiver acts
// on, and a payload that is no reply's: so nobody who puts a copy elsewhere makes anything happen. Like a reply, what a
// listener says of its own messages counts from everybody who is known; who asks for a message to be run again must be
// somebody who may use its verb, and that is for who reads it to see, since the entry does not say the verb.

import type { KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import type { Config, Identity } from '../config/config.ts';
import { REPLY_VERB, UUID_BYTES } from '../protocol/constants.ts';
import { importPublicKey } from '../protocol/keys.ts';
import { encodeMessage, hashMessage, readMessage, readSender, verifyMessage } from '../protocol/message.ts';
import { durableSubject, parseNameToken } from '../protocol/streams.ts';
import { isVerbGranted, type Verbs } from '../protocol/verb.ts';
import type { Stored } from '../transport/store.ts';
import { isInWindow } from './acceptance.ts';
import { type DurableAct, encodeDurableAct, parseDurableAct, subjectOf } from './durable-act.ts';

/** What a known key has said of a message. */
export interface DurableEntry {
  /** its place in the coordination stream */
  seq: number;
  storedMs: number;
  consumer: string;
  /** base58 */
  publicKey: string;
  /** the name that Peers give the key, or this node's own */
  by: string;
  /** of the whole entry */
  hash: Uint8Array;
  act: DurableAct;
}

/** What is wrong with an entry, in words that also stand before a number. */
export type EntryFault =
  | 'not in the form of one'
  | 'by an unknown key'
  | 'stored at another time than it was signed'
  | 'with a bad signature';

interface Party {
  name: string;
  verbs: Verbs;
}

/** Larger than any entry: a subject has 1,000 bytes at most, twice that in hex, and the rest less than 500. */
const MAX_ENTRY_BYTES = 4096;

/** Writes and reads entries as one node sees them. */
export class DurableEntries {
  readonly #config: Config;
  readonly #parties = new Map<string, Party>();
  readonly #keys = new Map<string, KeyObject>();

  constructor(config: Config) {
    this.#config = config;
    for (const { publicKey, destination, verbs } of config.peers)
      this.#parties.set(publicKey, { name: destination, verbs });
    for (const { publicKey, verbs } of config.identities) {
      this.#parties.set(publicKey, { name: config.destination, verbs });
    }
  }

  /** The bytes of an entry, and the subject it belongs on. */
  sign(consumer: string, act: DurableAct, identity: Identity, timeNs: bigint): { subject: string; bytes: Uint8Array } {
    const subject = durableSubject(this.#config.subject, consumer, subjectOf(act.kind));
    const content = { destination: '', timeNs, uuid: randomBytes(UUID_BYTES), verb: REPLY_VERB, wantsReply: false };
    return { subject, bytes: encodeMessage({ ...content, payload: encodeDurableAct(act, subject) }, identity.keys) };
  }

  /** All checks but whether it is a copy of an earlier one. */
  async read(stored: Stored): Promise<DurableEntry | EntryFault> {
    const { data, subject, storedMs, seq } = stored;
    const publicKey = readSender(data);
    if (publicKey === undefined || data.length > MAX_ENTRY_BYTES) return 'not in the form of one';
    const party = this.#parties.get(publicKey);
    if (party === undefined) return 'by an unknown key';
    const message = readMessage(data);
    const consumer = this.#consumerOf(subject);
    const act = message && parseDurableAct(message.payload, subject);
    if (message === undefined || consumer === undefined || act === undefined) return 'not in the form of one';
    const isForm = message.verb === REPLY_VERB && message.destination === '' && !message.wantsReply;
    if (!isForm || !subject.endsWith(`.${subjectOf(act.kind)}`)) return 'not in the form of one';
    if (!isInWindow(message.timeNs, storedMs, this.#config.allowSkewMs))
      return 'stored at another time than it was signed';
    if (!(await verifyMessage(message, this.#importKey(publicKey)))) return 'with a bad signature';
    return { seq, storedMs, consumer, publicKey, by: party.name, hash: hashMessage(data), act };
  }

  /** An entry's hash; undefined when it is none, or was stored at another time than it was signed. */
  hash({ data, storedMs }: Stored): Uint8Array | undefined {
    const publicKey = readSender(data);
    if (publicKey === undefined || !this.#parties.has(publicKey) || data.length > MAX_ENTRY_BYTES) return undefined;
    const message = readMessage(data);
    if (message === undefined || !isInWindow(message.timeNs, storedMs, this.#config.allowSkewMs)) return undefined;
    return hashMessage(data);
  }

  /** Who an entry claims to be from, for people; undefined when it is nobody that is known. */
  claimedParty(data: Uint8Array): string | undefined {
    const publicKey = readSender(data);
    return publicKey === undefined ? undefined : this.#parties.get(publicKey)?.name;
  }

  /** Whether who wrote an entry may use a verb. */
  mayUse({ publicKey }: DurableEntry, verb: string): boolean {
    return isVerbGranted(this.#parties.get(publicKey)?.verbs ?? [], verb);
  }

  #consumerOf(subject: string): string | undefined {
    const head = `${this.#config.subject}.durable.`;
    return subject.startsWith(head) ? parseNameToken(subject.slice(head.length).split('.')[0] ?? '') : undefined;
  }

  #importKey(publicKey: string): KeyObject {
    const key = this.#keys.get(publicKey) ?? importPublicKey(publicKey);
    this.#keys.set(publicKey, key);
    return key;
  }
}
