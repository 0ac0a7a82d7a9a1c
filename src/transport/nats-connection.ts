// The Transport over NATS. The library reconnects and subscribes again by itself; here is what it leaves open: knowing
// when the server has taken what was asked, saying it again when the connection broke before, and ending at once where
// waiting would not help.

import { errors, type NatsConnection } from 'nats';
import { TransportError } from './errors.ts';
import { cutWords, isDisconnection, isFinal, toError, toTransportError } from './nats-errors.ts';
import { NatsSubscription } from './nats-subscription.ts';
import type { Store } from './store.ts';
import type { StoreConnection, Violation } from './store-connection.ts';
import type {
  PublishOptions,
  ServerFacts,
  Subscription,
  SubscriptionHandlers,
  Transport,
  TransportEvents,
} from './transport.ts';

/** The first version that traces: ADR-41 of NATS. */
const TRACING_SINCE = { major: 2, minor: 11 };

/** A connection that has been made once, and is kept. */
export class NatsTransport implements Transport {
  readonly #connection: NatsConnection;
  readonly #events: TransportEvents;
  readonly #subscriptions = new Set<NatsSubscription>();
  /** what waits for the connection to be back, or to be over */
  readonly #waiting = new Set<() => void>();
  /** what wants to know that the connection is lost, back or over */
  readonly #watching = new Set<() => void>();
  /** what wants to know which call of a store is not permitted */
  readonly #calling = new Set<(violation: Violation) => void>();
  readonly #ended = new AbortController();
  #connected = true;
  #maxPayloadBytes = 1024 * 1024;
  /** what the server said last that may be why it ends the connection */
  #lastWords: string | undefined;
  /** what the server said that waiting would not change */
  #fatal: TransportError | undefined;

  constructor(connection: NatsConnection, events: TransportEvents) {
    this.#connection = connection;
    this.#events = events;
    void this.#watch();
    void connection.closed().then((error) => this.#end(error ? toTransportError(error) : undefined));
  }

  get connected(): boolean {
    return this.#connected;
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get maxPayloadBytes(): number {
    // While there is no connection the library has no server's figures; the last ones are the best guess. What is no
    // number of bytes is no figure.
    const { max_payload: told } = this.#connection.info ?? {};
    if (told !== undefined && Number.isSafeInteger(told) && told > 0) this.#maxPayloadBytes = told;
    return this.#maxPayloadBytes;
  }

  get server(): ServerFacts | undefined {
    const { info } = this.#connection;
    if (info === undefined) return undefined;
    const { version, headers, jetstream, tls_required: required, tls_available: available } = info;
    return {
      address: this.#connection.getServer(),
      version: cutWords(String(version)),
      // The library encrypts whenever it can.
      tls: required === true || available === true,
      jetStream: jetstream === true,
      canTrace: headers === true && isTracing(version),
    };
  }

  async publish(subject: string, data: Uint8Array | (() => Uint8Array), options: PublishOptions = {}): Promise<void> {
    const { replyTo, traceTo, onAttempt, signal } = options;
    let refused: Violation | undefined;
    const release = add(this.#calling, (violation) => {
      if (violation.subject === subject) refused = violation;
    });
    try {
      await this.#roundTrip(() => {
        onAttempt?.();
        this.#connection.publish(subject, typeof data === 'function' ? data() : data, {
          ...(replyTo !== undefined && { reply: replyTo }),
          ...(traceTo !== undefined && { traceOnly: true, traceDestination: traceTo }),
        });
      }, signal);
    } finally {
      release();
    }
    if (refused !== undefined) throw toTransportError(refused);
  }

  subscribe(subject: string, handlers: SubscriptionHandlers): Subscription {
    const subscription = new NatsSubscription(this.#connection, subject, handlers, () =>
      this.#subscriptions.delete(subscription),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async confirm(signal?: AbortSignal): Promise<void> {
    await this.#roundTrip(() => {}, signal);
  }

  async openStore(signal?: AbortSignal): Promise<Store> {
    // Only who uses what a broker keeps pays for the library.
    const { openNatsStore } = await import('./nats-store.ts');
    return openNatsStore(this.#asStoreConnection(), signal);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Says something and waits for the PONG behind it; says it again after each reconnection until there is one. */
  async #roundTrip(say: () => void, signal: AbortSignal | undefined): Promise<void> {
    for (let taken = false; !taken; ) {
      signal?.throwIfAborted();
      this.#throwIfEnded();
      taken = await this.#attempt(say, signal);
      // An error that the server sent before the PONG reaches #watch within this turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#throwIfEnded();
  }

  /** Resolves with whether the PONG came, when it has come or when there is reason to look again. */
  async #attempt(say: () => void, signal: AbortSignal | undefined): Promise<boolean> {
    let wake = () => {};
    const woken = new Promise<boolean>((resolve) => {
      wake = () => resolve(false);
    });
    this.#waiting.add(wake);
    signal?.addEventListener('abort', wake);
    try {
      say();
      const flushed = this.#connection.flush().then(
        () => true,
        // When the connection was lost its return is what to wait for.
        (error: unknown) => (isDisconnection(error) ? woken : Promise.reject(error)),
      );
      return await Promise.race([flushed, woken]);
    } catch (error) {
      throw error instanceof TransportError ? error : toTransportError(toError(error));
    } finally {
      this.#waiting.delete(wake);
      signal?.removeEventListener('abort', wake);
    }
  }

  #asStoreConnection(): StoreConnection {
    const isConnected = () => this.#connected;
    return {
      nats: this.#connection,
      get connected() {
        return isConnected();
      },
      throwIfEnded: () => this.#throwIfEnded(),
      onChange: (listener) => add(this.#watching, listener),
      onViolation: (listener) => add(this.#calling, listener),
    };
  }

  #throwIfEnded(): void {
    if (this.#fatal) throw this.#fatal;
    if (this.#connection.isClosed()) throw new TransportError('closed', 'the connection has ended');
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') {
        this.#connected = false;
        for (const tell of this.#watching) tell();
        this.#events.onDisconnect?.(this.#lastWords);
        this.#lastWords = undefined;
      } else if (status.type === 'reconnect') {
        this.#connected = true;
        for (const wake of this.#waiting) wake();
        for (const tell of this.#watching) tell();
        this.#events.onReconnect?.();
      } else if (status.type === 'error' && isStoreCall(status.error)) {
        for (const tell of this.#calling) tell(status.error);
      } else if (status.type === 'error' && isFinal(status.error)) {
        this.#fatal ??= toTransportError(status.error);
        void this.#connection.close();
      } else if (status.type === 'error') {
        this.#lastWords = cutWords(status.error.message);
      }
    }
  }

  #end(error: TransportError | undefined): void {
    this.#connected = false;
    for (const wake of this.#waiting) wake();
    for (const tell of this.#watching) tell();
    for (const subscription of this.#subscriptions) subscription.end(this.#fatal ?? error);
    this.#ended.abort(this.#fatal ?? error ?? new TransportError('closed', 'the connection has ended'));
  }
}

function isTracing(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > TRACING_SINCE.major || (major === TRACING_SINCE.major && minor >= TRACING_SINCE.minor);
}

/** Whether what is not permitted is a call of a store: that ends the call, not the connection. */
function isStoreCall(error: Error): error is Violation {
  const isRefused = error instanceof errors.PermissionViolationError && error.operation === 'publish';
  return isRefused && error.subject.startsWith('$JS.');
}

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}
