import type { Config } from '../config/config.ts';
import { encodeReply, REPLY_OVERHEAD_BYTES } from '../protocol/reply.ts';
import { replySubject } from '../protocol/subject.ts';
import type { Transport } from '../transport/transport.ts';
import type { Candidate } from './acceptance.ts';
import { type Clock, monotonicMs } from './clock.ts';
import type { ReceivedMessage } from './receive-plan.ts';
import { assertFits } from './send.ts';

/** A reply that cannot be handed to the server for this long is given up. A connection that is half open is noticed before. */
const REPLY_TIMEOUT_MS = 30_000;
/** The same once the receiver is to end. */
const FAREWELL_MS = 5000;

/** Makes of what passed every check what the consumer is given. */
export class Receiving {
  readonly #config: Config;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #matchedDestination: string | undefined;
  readonly #stop: AbortSignal | undefined;

  /**
   * @param matchedDestination undefined when any is accepted
   * @param stop aborted when the receiver is to end
   */
  constructor(
    config: Config,
    transport: Transport,
    clock: Clock,
    matchedDestination: string | undefined,
    stop: AbortSignal | undefined,
  ) {
    this.#stop = stop;
    this.#config = config;
    this.#transport = transport;
    this.#clock = clock;
    this.#matchedDestination = matchedDestination;
  }

  toReceived({ message, sender, verb, hash }: Candidate): ReceivedMessage {
    return {
      publicKey: sender.publicKey,
      senderDestination: sender.destination,
      destination: message.destination,
      matchedDestination: this.#matchedDestination,
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
    const sign = () => {
      const reply = { timeNs: this.#clock.nextTimeNs(), requestHash, exitCode, output };
      return encodeReply(reply, this.#config.defaultIdentity.keys);
    };
    let signedMs = monotonicMs();
    let bytes = sign();
    assertFits(bytes, output, this.#transport.maxPayloadBytes);
    // After a longer outage it would be outside the window. Who asked takes one reply of each host, so that a second one,
    // signed anew, does no harm.
    const refresh = () => {
      if (monotonicMs() - signedMs > this.#config.allowSkewMs / 2) {
        signedMs = monotonicMs();
        bytes = sign();
      }
      return bytes;
    };
    const limit = new ReplyLimit(this.#stop);
    try {
      await this.#transport.publish(replySubject(this.#config.subject, requestHash), refresh, { signal: limit.signal });
    } finally {
      limit[Symbol.dispose]();
    }
  }
}

/** How long a reply is worth trying. */
class ReplyLimit {
  readonly #controller = new AbortController();
  readonly #stop: AbortSignal | undefined;
  #timer: NodeJS.Timeout;
  readonly #hurry = () => {
    clearTimeout(this.#timer);
    this.#timer = this.#giveUpAfter(FAREWELL_MS);
  };

  constructor(stop: AbortSignal | undefined) {
    this.#stop = stop;
    this.#timer = this.#giveUpAfter(stop?.aborted ? FAREWELL_MS : REPLY_TIMEOUT_MS);
    stop?.addEventListener('abort', this.#hurry);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#stop?.removeEventListener('abort', this.#hurry);
  }

  #giveUpAfter(ms: number): NodeJS.Timeout {
    const giveUp = () => this.#controller.abort(new Error('there was no connection to the server in time'));
    return setTimeout(giveUp, ms);
  }
}
