// The first connection, to whichever server answers. The library can do that too, but then it says neither why a server
// did not, nor that one refused the credentials, and cannot be told to stop.

import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { connect, type NodeConnectionOptions } from 'nats';
import type { Credentials } from './credentials.ts';
import { TransportError } from './errors.ts';
import { NatsTransport } from './nats-connection.ts';
import { isRefusal, refusal, toError } from './nats-errors.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** How long one server may take to answer at most. */
const DIAL_TIMEOUT_MS = 5000;
/** Between attempts, with jitter so that hosts do not come back all at once. */
const RETRY_DELAY_MS = 200;
const RETRY_JITTER_MS = 100;
/** A half-open connection is noticed when this many pings in a row went unanswered: within 12 s. */
const PING_INTERVAL_MS = 3000;
const MAX_UNANSWERED_PINGS = 3;

/** Which servers to connect to, and how. */
export interface NatsOptions {
  /** addresses in the order to try them */
  servers: readonly string[];
  credentials?: Credentials | undefined;
  /** the contents of PEM files */
  tls: { ca?: string; cert?: string; key?: string };
  /** how much time there is: each server gets an even share of it, so that a dead first one leaves time for the next */
  withinMs?: number | undefined;
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
  for (let round = 1; ; round++) {
    for (const server of options.servers) {
      if (signal?.aborted) throw unreachable(options.servers, failures);
      const dialling = connect(connectionOptions(options, server)).catch(toError);
      const outcome = await orAborted(dialling, signal);
      if (outcome === undefined) {
        // Nobody waits for this dial any more, but a connection that comes of it must end.
        void dialling.then((late) => (late instanceof Error ? undefined : late.close()));
        throw unreachable(options.servers, failures);
      }
      if (!(outcome instanceof Error)) {
        outcome.setServers([...options.servers]);
        return new NatsTransport(outcome, events);
      }
      if (isRefusal(outcome)) throw refusal(outcome);
      failures.set(server, outcome.message || 'no answer');
    }
    // A person who waits should know that it is not for a message yet.
    if (round === 1 && (options.withinMs ?? Number.POSITIVE_INFINITY) > DIAL_TIMEOUT_MS) {
      events.onUnreachable?.(describeFailures(options.servers, failures));
    }
    const delayMs = RETRY_DELAY_MS + Math.random() * RETRY_JITTER_MS;
    await orAborted(new Promise((resolve) => setTimeout(resolve, delayMs)), signal);
  }
}

function connectionOptions(options: NatsOptions, server: string): NodeConnectionOptions {
  const { credentials, tls, withinMs = Number.POSITIVE_INFINITY } = options;
  const wantsTls = options.servers.some((address) => /^tls:/i.test(address)) || Object.keys(tls).length > 0;
  let hostname = '';
  return {
    servers: [server],
    name: 'remaphore',
    noRandomize: true,
    timeout: Math.max(1, Math.min(DIAL_TIMEOUT_MS, Math.floor(withinMs / options.servers.length))),
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
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...(tls.key !== undefined && { key: tls.key }),
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

function unreachable(servers: readonly string[], failures: Map<string, string>): TransportError {
  return new TransportError('unreachable', `no server could be reached: ${describeFailures(servers, failures)}`);
}

function describeFailures(servers: readonly string[], failures: Map<string, string>): string {
  return servers.map((server) => `${server} (${failures.get(server) ?? 'no answer in time'})`).join(', ');
}

/** What a promise resolves to, or undefined if the signal is aborted before. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  let onAbort = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
  });
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
