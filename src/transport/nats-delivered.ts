import type { JsMsg } from '@nats-io/jetstream';
import { errors } from 'nats';
import type { Delivered } from './store.ts';
import { ATTEMPT_MS, untilAnswered } from './store-call.ts';
import type { StoreConnection } from './store-connection.ts';
import { isNoResponders } from './store-errors.ts';
import { fromDelivery } from './stored.ts';

/** How often it is said, in the time that a message may be without a word, that it is still being dealt with. */
const WORDS_PER_WAIT = 3;
const NS_PER_MS = 1e6;

/**
 * A broker that was killed may have forgotten that it delivered a message, and then answers no word about it. After so many
 * that it could have answered it will deliver the message again.
 */
const MAX_UNANSWERED = 2;

/** A message of a durable consumer. */
export class NatsDelivered implements Delivered {
  readonly seq: number;
  readonly storedMs: number;
  readonly subject: string;
  readonly data: Uint8Array;
  readonly attempt: number;
  readonly #connection: StoreConnection;
  readonly #message: JsMsg;
  readonly #ackWaitMs: number;
  readonly #assertThere: () => Promise<void>;

  /** @param assertThere throws when the consumer is no more */
  constructor(connection: StoreConnection, message: JsMsg, ackWaitMs: number, assertThere: () => Promise<void>) {
    ({ seq: this.seq, storedMs: this.storedMs, subject: this.subject, data: this.data } = fromDelivery(message));
    this.attempt = message.info.deliveryCount;
    this.#connection = connection;
    this.#message = message;
    this.#ackWaitMs = ackWaitMs;
    this.#assertThere = assertThere;
  }

  async done(signal?: AbortSignal): Promise<void> {
    await this.#settle('+ACK', signal);
  }

  async again(delayMs: number, signal?: AbortSignal): Promise<void> {
    const delay = Math.round(delayMs * NS_PER_MS);
    await this.#settle(delay === 0 ? '-NAK' : `-NAK ${JSON.stringify({ delay })}`, signal);
  }

  keep(): () => void {
    const timer = setInterval(() => {
      // Without a connection nobody hears it, and the next word is soon enough.
      if (this.#connection.connected) this.#message.working();
    }, this.#ackWaitMs / WORDS_PER_WAIT);
    return () => clearInterval(timer);
  }

  /** Says what is to become of the message until the broker has answered, or knows nothing of it any more. */
  async #settle(word: string, signal: AbortSignal | undefined): Promise<void> {
    // The library's declarations do not have it.
    const { reply: replySubject } = this.#message as JsMsg & { reply: string };
    let unanswered = 0;
    const say = async () => {
      try {
        await this.#connection.nats.request(replySubject, word, { timeout: ATTEMPT_MS });
      } catch (error) {
        const isUnanswered = error instanceof errors.TimeoutError;
        if (isUnanswered || isNoResponders(error)) await this.#assertThere();
        if (isUnanswered && ++unanswered >= MAX_UNANSWERED) return;
        throw error;
      }
    };
    await untilAnswered(this.#connection, `message ${this.seq}`, say, signal);
  }
}
