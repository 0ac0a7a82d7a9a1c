import type { Config, Peer } from '../config/config.ts';
import { matchDestination } from '../protocol/destination.ts';
import { hashMessage, readSender, verifyMessage } from '../protocol/message.ts';
import { type ParsedReply, parseReply } from '../protocol/reply.ts';
import { replySubject } from '../protocol/subject.ts';
import type { Delivery, Subscription, Transport } from '../transport/transport.ts';
import { isInWindow } from './acceptance.ts';
import { type Clock, monotonicMs } from './clock.ts';
import { UsageError } from './errors.ts';
import { Inbox } from './inbox.ts';
import { LossCounter } from './loss-counter.ts';
import type { OnNotice } from './notice.ts';
import { OrderedVerifier } from './ordered-verifier.ts';
import { assertFits, encodePlan, planSend, repeatable, type SendOptions, type SendPlan } from './send.ts';

/** A reply that passed every check. */
export interface Reply {
  /** the name that this node's Peers give the responder */
  destination: string;
  /** base58 of the responder's key */
  publicKey: string;
  /** undefined when a field node without a script sent NO_DATA alone */
  exitCode: number | undefined;
  /** what the responder printed */
  output: Uint8Array;
  /** the reply's whole payload, `<exit code>,<output>` */
  payload: Uint8Array;
  /** Unix time in nanoseconds by the responder's clock */
  timeNs: bigint;
  /** whether the reply names the request that it answers; a field node's does not */
  bound: boolean;
  /** milliseconds from when the request was handed to the server (last) to the reply's arrival, by a clock that is never set */
  elapsedMs: number;
  /** when it arrived by this node's clock, Unix time in milliseconds */
  arrivedMs: number;
}

/** A request that is fit to be sent, and who is expected to answer. */
export interface RequestPlan extends SendPlan {
  /** the distinct destinations in Peers that the pattern matches, in their order there */
  responders: readonly string[];
}

/**
 * Checks what is to be asked and of whom; needs no connection.
 *
 * @throws UsageError as `planSend`; 'responders' when the pattern matches no peer
 */
export function planRequest(config: Config, options: SendOptions): RequestPlan {
  const plan = planSend(config, options);
  const matched = config.peers
    .map((peer) => peer.destination)
    .filter((name) => matchDestination(plan.destination, name));
  const responders = [...new Set(matched)];
  if (responders.length === 0) {
    throw new UsageError(
      'responders',
      `no peer has a destination that ${plan.destination} matches, so nobody could answer`,
      'list the hosts to ask under [ Peers ]',
    );
  }
  return { ...plan, responders };
}

interface Arrival {
  reply: ParsedReply;
  peer: Peer;
  arrivedMs: number;
  elapsedMs: number;
}

/** The replies to one request as they come, with `for await`; ends when every known responder has answered. */
export class Request implements AsyncIterable<Reply> {
  /** the known responders' destinations */
  readonly responders: readonly string[];
  /** resolves once the server has the request; true when nobody is subscribed to receive it, which ends the iteration */
  readonly sent: Promise<{ nobodyListens: boolean }>;
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #peers = new Map<string, Peer>();
  readonly #hashHex: string;
  readonly #answered = new Set<string>();
  readonly #missing: Set<string>;
  readonly #losses: LossCounter;
  readonly #inbox: Inbox<Reply>;
  readonly #subscription: Subscription;
  readonly #verifier: OrderedVerifier<Arrival>;
  readonly #ended = new AbortController();
  #isSent = false;
  #sentAtMs = monotonicMs();
  #nobodyListens = false;

  constructor(
    config: Config,
    plan: RequestPlan,
    transport: Transport,
    clock: Clock,
    onNotice: OnNotice,
    signal: AbortSignal | undefined,
  ) {
    this.responders = plan.responders;
    this.#missing = new Set(plan.responders);
    this.#config = config;
    this.#clock = clock;
    for (const peer of config.peers) this.#peers.set(peer.publicKey, peer);
    const bytes = encodePlan(plan, clock.nextTimeNs(), true);
    assertFits(bytes, plan.payload, transport.maxPayloadBytes);
    const hash = hashMessage(bytes);
    this.#hashHex = Buffer.from(hash).toString('hex');
    this.#losses = new LossCounter(onNotice);
    this.#inbox = new Inbox(() => this.#end());
    this.#verifier = new OrderedVerifier(
      ({ reply }) => verifyMessage(reply.message),
      (arrival, valid) => this.#deliver(arrival, valid),
      plan.responders.length,
    );
    const replies = replySubject(config.subject, hash);
    this.#subscription = transport.subscribe(replies, {
      onDelivery: (delivery) => this.#take(delivery),
      onEnd: (error) => this.#end(error),
    });
    this.sent = this.#send(transport, plan.subject, bytes, replies, signal);
    this.sent.catch((error: Error) => this.#end(signal?.aborted ? undefined : error));
    signal?.addEventListener('abort', () => this.#end(), { signal: this.#ended.signal });
    if (signal?.aborted) this.#end();
  }

  /** the known responders that have not answered */
  get missing(): string[] {
    return [...this.#missing];
  }

  /** replies that have not been taken yet */
  get waiting(): number {
    return this.#inbox.size;
  }

  [Symbol.asyncIterator](): AsyncIterator<Reply> {
    return this.#inbox;
  }

  async #send(
    transport: Transport,
    subject: string,
    bytes: Uint8Array,
    replyTo: string,
    signal: AbortSignal | undefined,
  ): Promise<{ nobodyListens: boolean }> {
    const onAttempt = () => {
      // What was said of an earlier attempt is not true of this one.
      this.#nobodyListens = false;
      this.#sentAtMs = monotonicMs();
    };
    await transport.publish(subject, repeatable(bytes, this.#config), { replyTo, onAttempt, signal });
    // From here on the server would not say so any more: whoever does is not the server.
    this.#isSent = true;
    // Somebody may have answered an earlier attempt.
    const nobodyListens = this.#nobodyListens && this.#answered.size === 0;
    if (nobodyListens) this.#end();
    return { nobodyListens };
  }

  #take({ data, noResponders }: Delivery): void {
    if (this.#inbox.ended) return;
    if (noResponders) {
      if (!this.#isSent) this.#nobodyListens = true;
      return;
    }
    if (isStreamAcknowledgement(data)) return;
    const arrival = this.#screen(data);
    if (arrival && !this.#verifier.submit(arrival, data.length)) {
      this.#losses.count('reply dropped: they arrive faster than signatures can be verified');
    }
  }

  /** All checks but the signature; what is refused is told. */
  #screen(data: Uint8Array): Arrival | undefined {
    const key = readSender(data);
    const peer = key === undefined ? undefined : this.#peers.get(key);
    if (peer === undefined) {
      this.#losses.count('reply dropped: from an unknown key');
      return undefined;
    }
    const drop = (why: string): undefined => {
      this.#losses.count(`reply dropped: ${why}`, `claims to be from ${peer.destination}`);
    };
    let reply: ParsedReply;
    try {
      reply = parseReply(data);
    } catch {
      return drop('not in the form of a reply');
    }
    if (this.#answered.has(peer.destination)) return drop('a second one');
    const arrivedMs = this.#clock.nowMs();
    if (!isInWindow(reply.message.timeNs, arrivedMs, this.#config.allowSkewMs)) {
      return drop('its time is too far from this clock');
    }
    if (reply.boundTo !== undefined && reply.boundTo !== this.#hashHex) return drop('it answers another request');
    if (reply.boundTo === undefined && this.#config.strictReplies) return drop('it names no request (strict_replies)');
    return { reply, peer, arrivedMs, elapsedMs: monotonicMs() - this.#sentAtMs };
  }

  #deliver({ reply, peer, arrivedMs, elapsedMs }: Arrival, valid: boolean): void {
    if (this.#inbox.ended) return;
    // A copy that was quicker may have answered while this one was being verified.
    if (!valid || this.#answered.has(peer.destination)) {
      const why = valid ? 'a second one' : 'bad signature';
      this.#losses.count(`reply dropped: ${why}`, `claims to be from ${peer.destination}`);
      return;
    }
    this.#answered.add(peer.destination);
    this.#missing.delete(peer.destination);
    this.#inbox.push({
      destination: peer.destination,
      publicKey: peer.publicKey,
      exitCode: reply.exitCode,
      output: reply.output,
      payload: reply.message.payload,
      timeNs: reply.message.timeNs,
      bound: reply.boundTo !== undefined,
      elapsedMs,
      arrivedMs,
    });
    if (this.#missing.size === 0) this.#end();
  }

  #end(error?: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#subscription.close();
    this.#inbox.end(error);
    this.#losses.finish();
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
