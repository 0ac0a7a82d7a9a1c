import type { Config } from '../config/config.ts';
import { encodeReply, REPLY_OVERHEAD_BYTES } from '../protocol/reply.ts';
import { replySubject } from '../protocol/subject.ts';
import type { Transport } from '../transport/transport.ts';
import type { Candidate } from './acceptance.ts';
import type { Clock } from './clock.ts';
import type { ReceivedMessage } from './receive-plan.ts';
import { assertFits } from './send.ts';

/** A reply that cannot be handed to the server for this long is given up: it would be outside the window. */
const REPLY_TIMEOUT_MS = 5000;

/** Makes of what passed every check what the consumer is given. */
export class Receiving {
  readonly #config: Config;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #matchedDestination: string | undefined;

  /** @param matchedDestination undefined when any is accepted */
  constructor(config: Config, transport: Transport, clock: Clock, matchedDestination: string | undefined) {
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
    const reply = { timeNs: this.#clock.nextTimeNs(), requestHash, exitCode, output };
    const bytes = encodeReply(reply, this.#config.defaultIdentity.keys);
    assertFits(bytes, output, this.#transport.maxPayloadBytes);
    const signal = AbortSignal.timeout(REPLY_TIMEOUT_MS);
    await this.#transport.publish(replySubject(this.#config.subject, requestHash), bytes, { signal });
  }
}
