import type {
  Delivery,
  PublishOptions,
  Subscription,
  SubscriptionHandlers,
  Transport,
} from '../../src/transport/transport.ts';

/** A transport without a server: the test says what arrives, and how publishing goes. */
export class FakeTransport implements Transport {
  readonly connected = true;
  readonly ended = new AbortController().signal;
  readonly maxPayloadBytes = 1024 * 1024;
  readonly server = undefined;
  readonly #handlers = new Set<SubscriptionHandlers>();
  readonly #onPublish: (options: PublishOptions) => Promise<void>;

  /** @param onPublish what publishing does: it succeeds when this resolves, and should tell of its attempts */
  constructor(onPublish = async (options: PublishOptions) => options.onAttempt?.()) {
    this.#onPublish = onPublish;
  }

  /** Hands something to every subscription. */
  deliver({ data = new Uint8Array(), noResponders = false }: Partial<Delivery>): void {
    for (const handlers of this.#handlers) handlers.onDelivery({ data, noResponders });
  }

  publish(_subject: string, _data: unknown, options: PublishOptions = {}): Promise<void> {
    return this.#onPublish(options);
  }

  subscribe(_subject: string, handlers: SubscriptionHandlers): Subscription {
    this.#handlers.add(handlers);
    return { close: () => this.#handlers.delete(handlers) };
  }

  async confirm(): Promise<void> {}

  async openStore(): Promise<never> {
    throw new Error('a fake transport keeps no streams');
  }

  async close(): Promise<void> {
    for (const handlers of this.#handlers) handlers.onEnd(undefined);
    this.#handlers.clear();
  }
}
