import type { NatsConnection } from 'nats';
import type { TransportError } from './errors.ts';
import type { Subscription, SubscriptionHandlers } from './transport.ts';

/** The status with which a server says that nobody is subscribed to a published message's subject. */
const NO_RESPONDERS = 503;

/** A subscription that the library renews at each reconnection. */
export class NatsSubscription implements Subscription {
  readonly #handlers: SubscriptionHandlers;
  readonly #release: () => void;
  readonly #unsubscribe: () => void;
  #closed = false;

  constructor(connection: NatsConnection, subject: string, handlers: SubscriptionHandlers, release: () => void) {
    this.#handlers = handlers;
    this.#release = release;
    const subscription = connection.subscribe(subject, {
      // An error here is a violation of permissions, and the end of the whole connection.
      callback: (error, message) => {
        if (error || this.#closed) return;
        const noResponders = message.data.length === 0 && message.headers?.code === NO_RESPONDERS;
        handlers.onDelivery({ data: message.data, noResponders });
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#unsubscribe();
  }

  end(error: TransportError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#handlers.onEnd(error);
  }
}
