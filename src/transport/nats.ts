// The Transport over NATS. The library reconnects and subscribes again by itself; here is what it leaves open:
// connecting for the first time to whichever server answers, knowing when the server has taken what was asked, saying
// it again when the connection broke before, and ending at once where waiting would not help.

import { isIP } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { connect, errors, type NatsConnection, type NodeConnectionOptions } from 'nats';
import type { Credentials } from './credentials.ts';
import { TransportError } from './errors.ts';
import type { Delivery, Subscription, Transport, TransportEvents } from './transport.ts';

/** How long one server may take to answer. */
const DIAL_TIMEOUT_MS = 5000;
/** Between attempts, with jitter so that hosts do not come back all at once. */
const RETRY_DELAY_MS = 200;
const RETRY_JITTER_MS = 100;
/** A half-open connection is noticed when this many pings in a row went unanswered: within 12 s. */
const PING_INTERVAL_MS = 3000;
const MAX_UNANSWERED_PINGS = 3;

const NO_RESPONDERS = 503;

/** Which servers to connect to, and how. */
export interface NatsOptions {
  /** addresses in the order to try them */
  servers: readonly string[];
  credentials?: Credentials | undefined;
  /** paths of PEM files */
  tls: { ca?: string; cert?: string; key?: string };
}

/**
 * Connects to the first server that answers, trying all in turn until one does.
 *
 * @param options.signal gives up when aborted
 * @throws TransportError 'refused' at once when a server refuses the credentials; 'unreachable' when `signal` was
 *   aborted before a server answered, naming the last error of each
 */
export async function connectNats(
  options: NatsOptions,
  events: TransportEvents,
  signal: AbortSignal | undefined,
): Promise<Transport> {
  const failures = new Map<string, string>();
  const aborted = whenAborted(signal);
  try {
    for (;;) {
      for (const server of options.servers) {
        if (signal?.aborted) throw unreachable(options.servers, failures);
        const dialling = connect(connectionOptions(options, server));
        // When the time runs out during a dial nobody waits for it any more, but a connection that comes of it must end.
        const outcome = await Promise.race([dialling.catch(toError), aborted.promise]);
        if (outcome === undefined) {
          dialling.then((late) => late.close()).catch(() => {});
          throw unreachable(options.servers, failures);
        }
        if (!(outcome instanceof Error)) {
          outcome.setServers([...options.servers]);
          return new NatsTransport(outcome, events);
        }
        if (isRefusal(outcome)) throw refusal(outcome);
        failures.set(server, outcome.message || 'no answer');
      }
      const delayMs = RETRY_DELAY_MS + Math.random() * RETRY_JITTER_MS;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, delayMs)), aborted.promise]);
    }
  } finally {
    aborted.dispose();
  }
}

function connectionOptions(options: NatsOptions, server: string): NodeConnectionOptions {
  const { credentials, tls } = options;
  const wantsTls = options.servers.some((address) => /^tls:/i.test(address)) || Object.keys(tls).length > 0;
  let hostname = '';
  return {
    servers: [server],
    name: 'remaphore',
    noRandomize: true,
    timeout: DIAL_TIMEOUT_MS,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_DELAY_MS,
    reconnectJitter: RETRY_JITTER_MS,
    reconnectJitterTLS: RETRY_JITTER_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: MAX_UNANSWERED_PINGS,
    noAsyncTraces: true,
    ...(credentials && {
      authenticator: (nonce?: string) => ({ jwt: credentials.jwt, sig: nonce ? credentials.sign(nonce) : '' }),
    }),
    ...(wantsTls && {
      tls: {
        ...(tls.ca !== undefined && { caFile: tls.ca }),
        ...(tls.cert !== undefined && { certFile: tls.cert }),
        ...(tls.key !== undefined && { keyFile: tls.key }),
        // The library leaves the name empty for a server given by its address, and node then checks the certificate
        // against "localhost".
        checkServerIdentity: (name: string, certificate: PeerCertificate) =>
          checkServerIdentity(isIP(hostname) ? hostname : name, certificate),
      } as NonNullable<NodeConnectionOptions['tls']>,
    }),
    // Asked before each dial for the server to take; null leaves the choice to the library.
    reconnectToServer: ([next]) => {
      hostname = next?.hostname ?? '';
      return null;
    },
  };
}

class NatsTransport implements Transport {
  readonly closed: Promise<Error | undefined>;
  readonly #connection: NatsConnection;
  readonly #events: TransportEvents;
  #connected = true;
  #violation: TransportError | undefined;
  #reconnected = deferred();
  #ended = deferred();

  constructor(connection: NatsConnection, events: TransportEvents) {
    this.#connection = connection;
    this.#events = events;
    this.closed = connection.closed().then((error) => {
      this.#connected = false;
      this.#ended.resolve();
      return this.#violation ?? (error ? toTransportError(error) : undefined);
    });
    void this.#watch();
  }

  get connected(): boolean {
    return this.#connected;
  }

  get maxPayloadBytes(): number {
    // While there is no connection the library has no server's figures; the last ones are the best guess.
    this.#maxPayloadBytes = this.#connection.info?.max_payload ?? this.#maxPayloadBytes;
    return this.#maxPayloadBytes;
  }
  #maxPayloadBytes = 1024 * 1024;

  async publish(
    subject: string,
    data: Uint8Array,
    options: { replyTo?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    const reply = options.replyTo;
    await this.#roundTrip(
      () => this.#connection.publish(subject, data, reply === undefined ? undefined : { reply }),
      options.signal,
    );
  }

  subscribe(subject: string, handler: (delivery: Delivery) => void): Subscription {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        // A violation of permissions arrives here too; #watch deals with it.
        if (error) return;
        handler({
          data: message.data,
          noResponders: message.data.length === 0 && message.headers?.code === NO_RESPONDERS,
        });
      },
    });
    return { close: () => subscription.unsubscribe() };
  }

  async confirm(signal?: AbortSignal): Promise<void> {
    await this.#roundTrip(() => {}, signal);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Says something and waits for the PONG behind it; says it again after each reconnection until there is one. */
  async #roundTrip(say: () => void, signal: AbortSignal | undefined): Promise<void> {
    const aborted = whenAborted(signal);
    try {
      for (;;) {
        signal?.throwIfAborted();
        this.#throwIfEnded();
        const reconnected = this.#reconnected.promise;
        let taken = false;
        try {
          say();
          const flushed = this.#connection.flush();
          flushed.catch(() => {});
          await Promise.race([flushed.then(() => (taken = true)), this.#ended.promise, aborted.promise]);
        } catch (error) {
          if (!this.#connection.isClosed() && !isDisconnection(error)) throw toTransportError(toError(error));
        }
        // An error that the server sent before the PONG reaches #watch within this turn of the event loop.
        await nextTurn();
        signal?.throwIfAborted();
        this.#throwIfEnded();
        if (taken) return;
        await Promise.race([reconnected, this.#ended.promise, aborted.promise]);
      }
    } finally {
      aborted.dispose();
    }
  }

  #throwIfEnded(): void {
    if (this.#violation) throw this.#violation;
    if (this.#connection.isClosed()) throw new TransportError('closed', 'the connection has ended');
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') {
        this.#connected = false;
        this.#events.onDisconnect?.();
      } else if (status.type === 'reconnect') {
        this.#connected = true;
        const reconnected = this.#reconnected;
        this.#reconnected = deferred();
        reconnected.resolve();
        this.#events.onReconnect?.();
      } else if (status.type === 'error' && status.error instanceof errors.PermissionViolationError) {
        this.#violation ??= toTransportError(status.error);
        this.#ended.resolve();
        void this.#connection.close();
      }
    }
  }
}

function unreachable(servers: readonly string[], failures: Map<string, string>): TransportError {
  const reasons = servers.map((server) => `${server} (${failures.get(server) ?? 'no answer in time'})`);
  return new TransportError('unreachable', `no server could be reached: ${reasons.join(', ')}`);
}

function isRefusal(error: Error): boolean {
  return error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;
}

function refusal(error: Error): TransportError {
  return new TransportError('refused', `the server refused the credentials: ${error.message}`, { cause: error });
}

function toTransportError(error: Error): TransportError {
  if (isRefusal(error)) return refusal(error);
  if (error instanceof errors.PermissionViolationError) {
    const act = error.operation === 'publish' ? 'publish on' : 'subscribe to';
    return new TransportError('not-permitted', `the server does not permit to ${act} ${error.subject}`, {
      cause: error,
    });
  }
  return new TransportError('closed', `the connection has ended: ${error.message}`, { cause: error });
}

function isDisconnection(error: unknown): boolean {
  return error instanceof errors.RequestError || error instanceof errors.ClosedConnectionError;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A promise that resolves with undefined when the signal is aborted; `dispose` lets go of the signal. */
function whenAborted(signal: AbortSignal | undefined): { promise: Promise<undefined>; dispose: () => void } {
  let dispose = () => {};
  const promise = new Promise<undefined>((resolve) => {
    if (signal === undefined) return;
    const onAbort = () => resolve(undefined);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    dispose = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, dispose };
}
