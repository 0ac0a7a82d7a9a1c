// What arrives may be a flood of forgeries. It is refused as early as it can be told apart, what must be verified waits
// in turns by whom it claims to be from, and no destination's replies are held beyond the largest that there can be.

import type { Config, Peer } from '../config/config.ts';
import { hashMessage, verifyMessage } from '../protocol/message.ts';
import { replySubject } from '../protocol/subject.ts';
import type { Delivery, Subscription, Transport } from '../transport/transport.ts';
import { type Clock, monotonicMs } from './clock.ts';
import { FairVerifier } from './fair-verifier.ts';
import { Inbox } from './inbox.ts';
import { LossCounter } from './loss-counter.ts';
import type { OnNotice } from './notice.ts';
import { CROWDED_OUT, ReplyScreen, type ScreenedReply } from './reply-screen.ts';
import type { RequestPlan } from './request-plan.ts';
import { assertFits, encodePlan, repeatable } from './send.ts';

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

/** A reply whose signature is being verified. */
interface Arrival extends ScreenedReply {
  arrivedMs: number;
  elapsedMs: number;
}

/** The name that those share who were not asked: their replies wait and are held only as far as one responder's. */
const NOT_ASKED = '';

/** The replies to one request as they come, with `for await`; ends when every known responder has answered. */
export class Request implements AsyncIterable<Reply> {
  /** the known responders' destinations */
  readonly responders: readonly string[];
  /** resolves once the server has the request; true when nobody is subscribed to receive it, which ends the iteration */
  readonly sent: Promise<{ nobodyListens: boolean }>;
  readonly #clock: Clock;
  readonly #asked: ReadonlySet<string>;
  readonly #answered = new Set<string>();
  readonly #missing: Set<string>;
  readonly #losses: LossCounter;
  readonly #screen: ReplyScreen;
  readonly #inbox: Inbox<Reply>;
  readonly #subscription: Subscription;
  readonly #verifier: FairVerifier<Arrival>;
  readonly #shareBytes: number;
  /** of those that were not asked: what the consumer has not taken */
  #notAskedBytes = 0;
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
    this.#asked = new Set(plan.responders);
    this.#missing = new Set(plan.responders);
    this.#clock = clock;
    this.#shareBytes = transport.maxPayloadBytes;
    const bytes = encodePlan(plan, clock.nextTimeNs(), true);
    assertFits(bytes, plan.payload, transport.maxPayloadBytes);
    const hash = hashMessage(bytes);
    this.#losses = new LossCounter(onNotice);
    this.#screen = new ReplyScreen(config, hash, this.#losses, {
      hasAnswered: (peer) => this.#answered.has(peer.destination),
      draw: (peer) => this.#verifier.draw(this.#nameOf(peer)),
    });
    this.#inbox = new Inbox(
      () => this.#end(),
      ({ destination, payload }) => {
        if (!this.#asked.has(destination)) this.#notAskedBytes -= payload.length;
      },
    );
    this.#verifier = new FairVerifier(
      {
        verify: ({ reply }) => verifyMessage(reply.message),
        deliver: (arrival, valid) => this.#deliver(arrival, valid),
        onCrowdedOut: ({ peer }) => this.#screen.drop(CROWDED_OUT, peer),
      },
      this.#shareBytes,
    );
    const replies = replySubject(config.subject, hash);
    this.#subscription = transport.subscribe(replies, {
      onDelivery: (delivery) => this.#take(delivery),
      onEnd: (error) => this.#end(error),
    });
    this.sent = this.#send(transport, plan.subject, repeatable(bytes, config), replies, signal);
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
    data: () => Uint8Array,
    replyTo: string,
    signal: AbortSignal | undefined,
  ): Promise<{ nobodyListens: boolean }> {
    const onAttempt = () => {
      // What was said of an earlier attempt is not true of this one.
      this.#nobodyListens = false;
      this.#sentAtMs = monotonicMs();
    };
    await transport.publish(subject, data, { replyTo, onAttempt, signal });
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
    const arrivedMs = this.#clock.nowMs();
    const screened = this.#screen.screen(data, arrivedMs);
    if (screened === undefined) return;
    const arrival = { ...screened, arrivedMs, elapsedMs: monotonicMs() - this.#sentAtMs };
    this.#verifier.submit(this.#nameOf(arrival.peer), arrival, data.length);
  }

  #nameOf(peer: Peer): string {
    return this.#asked.has(peer.destination) ? peer.destination : NOT_ASKED;
  }

  #deliver(arrival: Arrival, valid: boolean): void {
    if (this.#inbox.ended) return;
    const { reply, peer, arrivedMs, elapsedMs } = arrival;
    const refusal = this.#settle(arrival, valid);
    if (refusal !== undefined) {
      this.#screen.drop(refusal, peer);
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
    else this.#verifier.discard(this.#nameOf(arrival.peer), (other) => this.#isSecond(other));
  }

  /** Why a reply is not taken although it came so far. */
  #settle(arrival: Arrival, valid: boolean): string | undefined {
    const { reply, peer } = arrival;
    if (!valid) return 'bad signature';
    // A copy that was quicker may have answered while this one was being verified.
    if (this.#answered.has(peer.destination)) return 'a second one';
    if (this.#nameOf(arrival.peer) !== NOT_ASKED) return undefined;
    const bytes = this.#notAskedBytes + reply.message.payload.length;
    if (this.#notAskedBytes > 0 && bytes > this.#shareBytes)
      return 'too many of hosts that were not asked wait already';
    this.#notAskedBytes = bytes;
    return undefined;
  }

  #isSecond({ peer }: Arrival): boolean {
    const isSecond = this.#answered.has(peer.destination);
    if (isSecond) this.#screen.drop('a second one', peer);
    return isSecond;
  }

  #end(error?: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#subscription.close();
    this.#verifier.clear();
    this.#inbox.end(error);
    this.#losses.finish();
  }
}
