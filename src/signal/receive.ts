import type { Config } from '../config/config.ts';
import { decodeBase58 } from '../protocol/base58.ts';
import { DEFAULT_VERB, PUBLIC_KEY_BYTES } from '../protocol/constants.ts';
import type { KeyPair } from '../protocol/keys.ts';
import { encodeMessage, parseMessage, verifyMessage } from '../protocol/message.ts';
import { encodeReply, REPLY_OVERHEAD_BYTES } from '../protocol/reply.ts';
import { replySubject } from '../protocol/subject.ts';
import { encodeUuid } from '../protocol/uuid.ts';
import type { Subscription, Transport } from '../transport/transport.ts';
import { Acceptance, type Candidate, type Filter, type Refusal, type Refused } from './acceptance.ts';
import type { Clock } from './clock.ts';
import { UsageError } from './errors.ts';
import { Inbox } from './inbox.ts';
import { LossCounter } from './loss-counter.ts';
import type { OnNotice } from './notice.ts';
import { OrderedVerifier } from './ordered-verifier.ts';
import { ReplayMemory } from './replay-memory.ts';
import { assertFits, checkVerb, planSubject } from './send.ts';

/** Accepted messages that may wait for the consumer; further ones are dropped with a notice. */
export const MAX_WAITING_MESSAGES = 1024;

/** A reply that cannot be handed to the server for this long is given up: it would be outside the window. */
const REPLY_TIMEOUT_MS = 5000;

/** What to wait for. */
export interface ReceiveOptions {
  /**
   * Matches as if this were the node's destination, or messages whose pattern is exactly this text; default the
   * configuration's.
   */
  destination?: string | undefined;
  /** does not match the destination at all */
  anyDestination?: boolean | undefined;
  /** base58: only messages signed by this key */
  publicKey?: string | undefined;
  /** only messages sent with this value */
  uuid?: string | undefined;
  /** only these verbs, in any case */
  verbs?: readonly string[] | undefined;
  /** another channel below the configured subject; default `all` */
  channel?: string | undefined;
  /** ends the iteration when aborted; that is no error */
  signal?: AbortSignal | undefined;
  /**
   * Told of each message that is not acted on.
   *
   * @param refusal which check refused it
   * @param describe what can be said of it, to be called at once or not at all: it costs more than the refusal
   */
  onRefused?: ((refusal: Refusal, describe: () => Refused) => void) | undefined;
}

/** A message that passed every check. */
export interface ReceivedMessage {
  /** base58 of the sender's key */
  publicKey: string;
  /** the name that this node's Peers give the sender */
  senderDestination: string;
  /** the pattern that the message was sent to */
  destination: string;
  /** the destination it was matched against; undefined when any was accepted */
  matchedDestination: string | undefined;
  /** Unix time in nanoseconds */
  timeNs: bigint;
  /** lower-case hex */
  uuid: string;
  /** ASCII letters in lower case */
  verb: string;
  payload: Uint8Array;
  /** SHA-256 of the message as it travelled */
  hash: Uint8Array;
  /** whether the sender listens for replies */
  wantsReply: boolean;
  /** output that one reply can carry, in bytes */
  maxOutputBytes: number;
  /**
   * Answers, signed by the default identity; resolves when the server has the reply.
   *
   * @param exitCode a whole number
   * @param output at most `maxOutputBytes`; a text is sent as UTF-8
   * @throws TransportError when the reply could not be sent, UsageError 'payload-too-large' when it does not fit
   */
  reply(exitCode: number, output: string | Uint8Array): Promise<void>;
}

/** Which messages a receiver lets through, and where they arrive. */
export interface ReceivePlan {
  filter: Filter;
  subject: string;
}

/**
 * Checks what is waited for; needs no connection.
 *
 * @throws UsageError 'option' for a value that no message can have
 */
export function planReceive(config: Config, options: ReceiveOptions): ReceivePlan {
  const { destination, publicKey, uuid, verbs } = options;
  if (uuid === '') throw new UsageError('option', 'uuid: it cannot be empty');
  if (destination !== undefined && (destination === '' || /[\s,\0-\x1f\x7f-\x9f]/.test(destination))) {
    throw new UsageError(
      'option',
      'destination: it cannot be empty, nor hold commas, white space or control characters',
    );
  }
  if (publicKey !== undefined) {
    try {
      decodeBase58(publicKey, PUBLIC_KEY_BYTES, 'public_key');
    } catch (error) {
      throw new UsageError('option', `public key: ${(error as Error).message}`);
    }
    if (!config.peers.some((peer) => peer.publicKey === publicKey)) {
      throw new UsageError('option', 'public key: it is none of the configuration’s Peers, so nothing could match');
    }
  }
  return {
    filter: {
      destination: options.anyDestination ? undefined : (destination ?? config.destination),
      publicKey,
      uuid: uuid === undefined ? undefined : Buffer.from(encodeUuid(uuid)).toString('hex'),
      verbs: verbs?.map(checkVerb),
    },
    subject: planSubject(config, options.channel),
  };
}

/** Accepted messages in the order of their arrival, with `for await`. Leaving the loop ends the subscription. */
export class Receiver implements AsyncIterable<ReceivedMessage> {
  /** resolves once the server has confirmed the subscription: from then on no message is missed while connected */
  readonly ready: Promise<void>;
  readonly #config: Config;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #filter: Filter;
  readonly #acceptance: Acceptance;
  readonly #verifier: OrderedVerifier<Candidate>;
  readonly #losses: LossCounter;
  readonly #inbox: Inbox<ReceivedMessage>;
  readonly #subscription: Subscription;
  readonly #ended = new AbortController();
  readonly #refused = new Map<Refusal, number>();
  readonly #onRefused: ReceiveOptions['onRefused'];

  constructor(
    config: Config,
    plan: ReceivePlan,
    transport: Transport,
    clock: Clock,
    onNotice: OnNotice,
    { signal, onRefused }: ReceiveOptions,
  ) {
    this.#onRefused = onRefused;
    this.#config = config;
    this.#transport = transport;
    this.#clock = clock;
    this.#filter = plan.filter;
    const memory = new ReplayMemory(config.allowSkewMs);
    this.#acceptance = new Acceptance(config.peers, plan.filter, config.allowSkewMs, memory);
    this.#verifier = new OrderedVerifier(
      (candidate) => this.#acceptance.verify(candidate),
      (candidate, valid) => this.#deliver(candidate, valid),
    );
    this.#losses = new LossCounter(onNotice);
    this.#inbox = new Inbox(() => this.#end());
    this.#subscription = transport.subscribe(plan.subject, {
      onDelivery: ({ data }) => this.#take(data),
      onEnd: (error) => this.#end(error),
    });
    this.ready = transport.confirm(signal);
    // Meanwhile: by the time that the first message comes, what it takes to verify it is there.
    rehearse(config.defaultIdentity.keys).catch(() => {});
    this.ready.catch((error: Error) => this.#end(signal?.aborted ? undefined : error));
    signal?.addEventListener('abort', () => this.#end(), { signal: this.#ended.signal });
    if (signal?.aborted) this.#end();
  }

  /** how many messages were not acted on so far, by the check that refused them */
  get refused(): ReadonlyMap<Refusal, number> {
    return this.#refused;
  }

  /** how many accepted messages the consumer has not taken */
  get waiting(): number {
    return this.#inbox.size;
  }

  [Symbol.asyncIterator](): AsyncIterator<ReceivedMessage> {
    return this.#inbox;
  }

  #take(data: Uint8Array): void {
    if (this.#inbox.ended) return;
    const screened = this.#acceptance.screen(data, this.#clock.nowMs());
    if (typeof screened === 'string') {
      this.#refuse(screened, data);
    } else if (!this.#verifier.submit(screened, data.length)) {
      this.#losses.count('message dropped: they arrive faster than signatures can be verified');
    }
  }

  #deliver(candidate: Candidate, valid: boolean): void {
    if (this.#inbox.ended) return;
    const refusal = valid ? this.#acceptance.settle(candidate, this.#clock.nowMs()) : 'bad-signature';
    if (refusal !== undefined) {
      this.#refuse(refusal, candidate.message.bytes);
      return;
    }
    if (this.#inbox.size >= MAX_WAITING_MESSAGES) {
      this.#losses.count(`message dropped: ${MAX_WAITING_MESSAGES} are waiting already`);
      return;
    }
    this.#inbox.push(this.#toReceived(candidate));
  }

  #refuse(refusal: Refusal, bytes: Uint8Array): void {
    this.#refused.set(refusal, (this.#refused.get(refusal) ?? 0) + 1);
    if (refusal === 'memory-full') this.#losses.count('message dropped: too many to remember');
    this.#onRefused?.(refusal, () => this.#acceptance.describe(bytes, refusal, this.#clock.nowMs()));
  }

  #toReceived({ message, sender, verb, hash }: Candidate): ReceivedMessage {
    return {
      publicKey: sender.publicKey,
      senderDestination: sender.destination,
      destination: message.destination,
      matchedDestination: this.#filter.destination,
      timeNs: message.timeNs,
      uuid: message.uuid,
      verb,
      payload: message.payload,
      hash,
      wantsReply: message.wantsReply,
      maxOutputBytes: this.#transport.maxPayloadBytes - REPLY_OVERHEAD_BYTES,
      reply: (exitCode, output) => this.#reply(hash, exitCode, output),
    };
  }

  async #reply(requestHash: Uint8Array, exitCode: number, text: string | Uint8Array): Promise<void> {
    const output = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    const reply = { timeNs: this.#clock.nextTimeNs(), requestHash, exitCode, output };
    const bytes = encodeReply(reply, this.#config.defaultIdentity.keys);
    assertFits(bytes, output, this.#transport.maxPayloadBytes);
    const signal = AbortSignal.timeout(REPLY_TIMEOUT_MS);
    await this.#transport.publish(replySubject(this.#config.subject, requestHash), bytes, { signal });
  }

  #end(error?: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#subscription.close();
    this.#inbox.end(error);
    this.#losses.finish();
  }
}

/** Signs a message that goes nowhere and verifies it: the first verification, which starts the threads, takes 3 ms. */
async function rehearse(keys: KeyPair): Promise<void> {
  // What has been said to the server goes out first.
  await new Promise((resolve) => setImmediate(resolve));
  const content = {
    destination: '',
    timeNs: 0n,
    uuid: new Uint8Array(),
    verb: DEFAULT_VERB,
    payload: new Uint8Array(),
  };
  await verifyMessage(parseMessage(encodeMessage({ ...content, wantsReply: false }, keys)));
}
