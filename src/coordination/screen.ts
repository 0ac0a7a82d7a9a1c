// Which of the messages that a stream holds are entries of a lock or a barrier. Anybody may be able to put messages there:
// what is not signed by a peer that may use the verb, for this very lock or barrier, when the store took it, is as if it
// were not there. The first of equal messages counts. The signature is verified last, only where the rest holds.

import { REPLY_VERB } from '../protocol/constants.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { hashMessage, type ParsedMessage, parseMessage, readSender, verifyMessage } from '../protocol/message.ts';
import { foldVerb } from '../protocol/verb.ts';
import { isInWindow } from '../signal/acceptance.ts';
import type { Stored } from '../transport/store.ts';
import type { Entry } from './entry.ts';
import { RecentHashes } from './recent-hashes.ts';
import type { Trust } from './trust.ts';

/** Which check an entry did not pass. */
export type EntryRefusal =
  | 'malformed'
  | 'unknown-key'
  | 'verb-not-granted'
  | 'other-verb'
  | 'other-name'
  | 'outside-window'
  | 'replay'
  | 'bad-signature';

/** An entry that only a bad signature can still stop. */
export interface Candidate<Act> {
  entry: Entry<Act>;
  message: ParsedMessage;
  /** of the whole message, lower-case hex */
  hash: string;
}

/** Larger than any entry of ours: a subject has 1,000 bytes at most, a key, a signature and the rest less than 500. */
const MAX_ENTRY_BYTES = 4096;

/** The checks of the entries of one lock or barrier. */
export class Screen<Act> {
  readonly #trust: Trust;
  readonly #subject: string;
  readonly #parse: (payload: Uint8Array, subject: string) => Act | undefined;
  readonly #hashes: RecentHashes;

  /**
   * @param subject of the lock or barrier, which its entries must name
   * @param parse reads an entry's payload
   */
  constructor(trust: Trust, subject: string, parse: (payload: Uint8Array, subject: string) => Act | undefined) {
    this.#trust = trust;
    this.#subject = subject;
    this.#parse = parse;
    // An equal message that is as near to its own time is at most twice that away.
    this.#hashes = new RecentHashes(2 * trust.skewMs);
  }

  /** All checks but the signature. */
  check({ data, seq, storedMs }: Stored): Candidate<Act> | EntryRefusal {
    const publicKey = readSender(data);
    if (publicKey === undefined) return 'malformed';
    const party = this.#trust.find(publicKey);
    if (party === undefined) return 'unknown-key';
    if (data.length > MAX_ENTRY_BYTES) return 'malformed';
    if (!this.#trust.isGranted(publicKey)) return 'verb-not-granted';
    const message = parseOrUndefined(data);
    if (message === undefined || message.destination !== '' || message.wantsReply) return 'malformed';
    const verb = foldVerb(message.verb);
    if (verb !== this.#trust.verb || verb === REPLY_VERB) return 'other-verb';
    const act = this.#parse(message.payload, this.#subject);
    if (act === undefined) return 'other-name';
    if (!isInWindow(message.timeNs, storedMs, this.#trust.skewMs)) return 'outside-window';
    const hash = Buffer.from(hashMessage(data)).toString('hex');
    // The hash is over the signature too: if the first of equal messages is forged, so are the others.
    if (!this.#hashes.add(hash, storedMs)) return 'replay';
    return { entry: { seq, storedMs, publicKey, party, uuid: message.uuid, act }, message, hash };
  }

  /** Whether the candidate's signature is its key's; computed on the thread pool. */
  verify({ message }: Candidate<Act>): Promise<boolean> {
    return verifyMessage(message, this.#trust.importKey(message.publicKey));
  }

  /** Who is said to have sent a message, for people; undefined when it is nobody that is known. */
  claimedParty(data: Uint8Array): string | undefined {
    const publicKey = readSender(data);
    return publicKey === undefined ? undefined : this.#trust.find(publicKey);
  }
}

function parseOrUndefined(data: Uint8Array): ParsedMessage | undefined {
  try {
    return parseMessage(data);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
