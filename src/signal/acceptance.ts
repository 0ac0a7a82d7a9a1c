// A receiver acts on a message only if every check here lets it through. The cheap ones come first, and what they
// refuse costs neither a signature nor a hash. What they let through is verified, perhaps many at a time, and then
// settled in one synchronous step: whether it was seen is asked and recorded there, after the signature, so that two
// copies in flight cannot both pass and a forged copy cannot burn the real one.

import type { KeyObject } from 'node:crypto';
import type { Peer } from '../config/config.ts';
import { REPLY_VERB } from '../protocol/constants.ts';
import { matchDestination } from '../protocol/destination.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { importPublicKey } from '../protocol/keys.ts';
import { hashMessage, type ParsedMessage, parseMessage, readSender, verifyMessage } from '../protocol/message.ts';
import { foldVerb, isVerbGranted } from '../protocol/verb.ts';
import type { Memory, Recollection } from './replay-memory.ts';

/** Which check refused a message, in the order in which they are made; `unverified`, `no-room`: there was no room for it. */
export const REFUSALS = [
  'malformed',
  'unknown-key',
  'verb-not-granted',
  'reply-verb',
  'other-verb',
  'other-uuid',
  'other-key',
  'other-destination',
  'outside-window',
  'replay',
  'memory-full',
  'unverified',
  'bad-signature',
  'no-room',
] as const;

/** One of those, as the reason why a message was not acted on. */
export type Refusal = (typeof REFUSALS)[number];

/** What a receiver waits for. */
export interface Filter {
  /** the destination that patterns are matched against, or a pattern to be met to the letter; undefined: any */
  destination?: string | undefined;
  /** base58: only this sender */
  publicKey?: string | undefined;
  /** lower-case hex of the uuid's bytes */
  uuid?: string | undefined;
  /** in lower case; undefined: any */
  verbs?: readonly string[] | undefined;
}

/** A message that only a bad signature, or a copy of it that was quicker, can still stop. */
export interface Candidate {
  message: ParsedMessage;
  sender: Peer;
  /** as the sender wrote it, ASCII letters in lower case */
  verb: string;
  hash: Uint8Array;
}

/** How old a message may be, and what is remembered of earlier ones; the rest is the same for all that a receiver hears. */
export interface Rule {
  /** how far a message's time may lie in the past, in milliseconds; in the future it is the skew */
  maxAgeMs(nowMs: number): number;
  memory: Memory;
}

/** Why a message is not to be acted on; `delivered`: it has been, and this is the second of two ways that it came. */
export type NotActed = Refusal | 'delivered';

/** What can be said of a message that was not acted on. All of it is only claimed unless it is `verified`. */
export interface Refused {
  refusal: Refusal;
  /** base58, or undefined where no key could be read */
  publicKey: string | undefined;
  /** who has that key, if it is known */
  peer: Peer | undefined;
  /** undefined when it is not in the form of a message */
  message: ParsedMessage | undefined;
  /** the time it was judged at, Unix time in milliseconds */
  nowMs: number;
  /** of a replay: when the message was accepted, if that is remembered; Unix time in milliseconds */
  firstSeenMs: number | undefined;
  /** whether it is certain that the key's holder signed these bytes */
  verified: boolean;
}

/** The checks of one receiver. */
export class Acceptance {
  readonly #peers = new Map<string, Peer>();
  readonly #keys = new Map<string, KeyObject>();
  readonly #filter: Filter;
  readonly #skewMs: number;
  readonly #live: Rule;

  /** @param memory of what arrives; what comes another way is judged by a rule of its own */
  constructor(peers: readonly Peer[], filter: Filter, skewMs: number, memory: Memory) {
    for (const peer of peers) this.#peers.set(peer.publicKey, peer);
    this.#filter = filter;
    this.#skewMs = skewMs;
    this.#live = { maxAgeMs: () => skewMs, memory };
  }

  /**
   * All checks but the signature.
   *
   * @param bytes what arrived
   * @param nowMs Unix time in milliseconds
   * @param rule default: for what arrives
   */
  screen(bytes: Uint8Array, nowMs: number, rule = this.#live): Candidate | NotActed {
    const key = readSender(bytes);
    if (key === undefined) return 'malformed';
    const sender = this.#peers.get(key);
    if (sender === undefined) return 'unknown-key';

    let message: ParsedMessage;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      if (error instanceof ProtocolError) return 'malformed';
      throw error;
    }
    const verb = foldVerb(message.verb);
    if (!isVerbGranted(sender.verbs, verb)) return 'verb-not-granted';
    if (verb === REPLY_VERB) return 'reply-verb';

    // What is for nobody, such as an entry of a lock, does not become a message by being copied to a channel.
    if (message.destination === '') return 'other-destination';
    const { destination, publicKey, uuid, verbs } = this.#filter;
    if (verbs !== undefined && !verbs.includes(verb)) return 'other-verb';
    if (uuid !== undefined && uuid !== message.uuid) return 'other-uuid';
    if (publicKey !== undefined && publicKey !== key) return 'other-key';
    if (destination !== undefined && message.destination !== destination) {
      if (!matchDestination(message.destination, destination)) return 'other-destination';
    }
    const timeMs = toMs(message.timeNs);
    if (nowMs - timeMs > rule.maxAgeMs(nowMs) || timeMs - nowMs > this.#skewMs) return 'outside-window';

    const hash = hashMessage(bytes);
    return toReason(rule.memory.recall(hash, timeMs, nowMs)) ?? { message, sender, verb, hash };
  }

  /**
   * What can be said of a message that was refused, for people; nothing is decided by it.
   *
   * @param bytes what arrived
   * @param nowMs Unix time in milliseconds
   * @param rule by which it was judged
   */
  describe(bytes: Uint8Array, refusal: Refusal, nowMs: number, rule = this.#live): Refused {
    const publicKey = readSender(bytes);
    const peer = publicKey === undefined ? undefined : this.#peers.get(publicKey);
    let message: ParsedMessage | undefined;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
    // Equal bytes have been verified before; of everything else the signature is not known to be good.
    const firstSeenMs = refusal === 'replay' ? rule.memory.firstSeenMs(hashMessage(bytes)) : undefined;
    return { refusal, publicKey, peer, message, nowMs, firstSeenMs, verified: firstSeenMs !== undefined };
  }

  /** Whether the candidate's signature is its sender's; computed on the thread pool. */
  verify({ message, sender }: Candidate): Promise<boolean> {
    let key = this.#keys.get(sender.publicKey);
    if (key === undefined) {
      key = importPublicKey(sender.publicKey);
      this.#keys.set(sender.publicKey, key);
    }
    return verifyMessage(message, key);
  }

  /**
   * The last step for a candidate whose signature is valid, done in one go: from here on its bytes count as seen.
   *
   * @param rule by which it was screened
   * @returns undefined when the message is to be acted on, else why not
   */
  settle({ message, hash }: Candidate, nowMs: number, rule = this.#live): NotActed | undefined {
    // It may have waited for its turn; what was in time when it arrived is in time, but must still be remembered.
    return toReason(rule.memory.record(hash, toMs(message.timeNs), nowMs));
  }
}

function toReason(recollection: Recollection): NotActed | undefined {
  if (recollection === 'new') return undefined;
  if (recollection === 'full') return 'memory-full';
  return recollection === 'seen' ? 'replay' : 'delivered';
}

/** Whether a message's time is at most the skew away from the clock's, on either side. */
export function isInWindow(timeNs: bigint, nowMs: number, skewMs: number): boolean {
  return Math.abs(nowMs - toMs(timeNs)) <= skewMs;
}

function toMs(timeNs: bigint): number {
  return Number(timeNs) / 1e6;
}
