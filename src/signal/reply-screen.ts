import type { Config, Peer } from '../config/config.ts';
import { readSender } from '../protocol/message.ts';
import { type ParsedReply, parseReply } from '../protocol/reply.ts';
import { isInWindow } from './acceptance.ts';
import type { LossCounter } from './loss-counter.ts';

/** A reply that only its signature, or a quicker one of the same destination, can still stop. */
export interface ScreenedReply {
  reply: ParsedReply;
  /** who it claims to be from */
  peer: Peer;
}

/** What the screen asks of each reply, by whom it claims to be from, before it reads the rest. */
export interface RespondersState {
  hasAnswered(peer: Peer): boolean;
  /** whether there is room for another reply in this name, or it is drawn to take another's place */
  draw(peer: Peer): boolean;
}

/** Why a reply is dropped that there is no room for. */
export const CROWDED_OUT = 'they arrive faster than signatures can be verified';

/** All checks of the replies to one request but the signature; what is refused is told. */
export class ReplyScreen {
  readonly #peers = new Map<string, Peer>();
  readonly #config: Config;
  readonly #hashHex: string;
  readonly #losses: LossCounter;
  readonly #responders: RespondersState;

  /**
   * @param requestHash 32 bytes
   */
  constructor(config: Config, requestHash: Uint8Array, losses: LossCounter, responders: RespondersState) {
    for (const peer of config.peers) this.#peers.set(peer.publicKey, peer);
    this.#config = config;
    this.#hashHex = Buffer.from(requestHash).toString('hex');
    this.#losses = losses;
    this.#responders = responders;
  }

  /**
   * @param data what arrived on the subject for replies
   * @param nowMs Unix time in milliseconds
   * @returns undefined when it is refused; else a reply whose bytes are a copy
   */
  screen(data: Uint8Array, nowMs: number): ScreenedReply | undefined {
    const key = readSender(data);
    const peer = key === undefined ? undefined : this.#peers.get(key);
    if (peer === undefined) {
      if (!isStreamAcknowledgement(data)) this.#losses.count('reply dropped: from an unknown key');
      return undefined;
    }
    // Who has answered may send as much as he likes: that is seen before anything else is read.
    if (this.#responders.hasAnswered(peer)) return this.drop('a second one', peer);
    if (!this.#responders.draw(peer)) return this.drop(CROWDED_OUT, peer);
    let reply: ParsedReply;
    try {
      // What arrived is a view of whatever came in with it, which would be kept as long.
      reply = parseReply(Buffer.from(data));
    } catch {
      return this.drop('not in the form of a reply', peer);
    }
    if (!isInWindow(reply.message.timeNs, nowMs, this.#config.allowSkewMs)) {
      return this.drop('its time is too far from this clock', peer);
    }
    if (reply.boundTo !== undefined && reply.boundTo !== this.#hashHex) {
      return this.drop('it answers another request', peer);
    }
    if (reply.boundTo === undefined && this.#config.strictReplies) {
      return this.drop('it names no request (strict_replies)', peer);
    }
    return { reply, peer };
  }

  /** Tells of a reply that is dropped. */
  drop(why: string, { destination }: Peer): undefined {
    this.#losses.count(`reply dropped: ${why}`, `claims to be from ${destination}`);
  }
}

/** What a stream that stores the request's subject answers, as JSON: not a reply, and no reason for a notice. */
function isStreamAcknowledgement(data: Uint8Array): boolean {
  if (data[0] !== 0x7b || data.length > 1024) return false;
  try {
    const { stream, error } = JSON.parse(Buffer.from(data).toString('utf8')) as Record<string, unknown>;
    return typeof stream === 'string' || typeof error === 'object';
  } catch {
    return false;
  }
}
