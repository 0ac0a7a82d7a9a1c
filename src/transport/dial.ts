// One attempt at one server, by the client library.

import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { connect, type NatsConnection, type NodeConnectionOptions } from 'nats';
import type { Credentials } from './credentials.ts';

/** How long one server may take to answer at most. */
export const DIAL_TIMEOUT_MS = 5000;
/** Between attempts, with jitter so that hosts do not come back all at once. */
export const RETRY_DELAY_MS = 200;
export const RETRY_JITTER_MS = 100;
/** A half-open connection is noticed when this many pings in a row went unanswered: within 12 s. */
const PING_INTERVAL_MS = 3000;
const MAX_UNANSWERED_PINGS = 3;

/** How to connect to a server. */
export interface DialOptions {
  credentials?: Credentials | undefined;
  /** the contents of PEM files */
  tls: { ca?: string; cert?: string; key?: string };
  /** whether to insist on TLS, as any of the files above does */
  wantsTls?: boolean;
  /** how long the server may take to answer, at most `DIAL_TIMEOUT_MS` */
  timeoutMs: number;
  /** whether the connection ends when it is lost; default: it is made again, for ever */
  once?: boolean;
  /** given the server's certificate once it is known to be good, where TLS is insisted on */
  onCertificate?: (certificate: PeerCertificate) => void;
}

/**
 * Connects to a server.
 *
 * @throws the library's own error, or one of the runtime's
 */
export function dialNats(server: string, options: DialOptions): Promise<NatsConnection> {
  return connect(connectionOptions(server, options));
}

function connectionOptions(server: string, options: DialOptions): NodeConnectionOptions {
  const { credentials, tls, wantsTls = false, timeoutMs, once = false, onCertificate } = options;
  let hostname = '';
  return {
    servers: [server],
    name: 'remaphore',
    noRandomize: true,
    timeout: Math.max(1, Math.min(DIAL_TIMEOUT_MS, timeoutMs)),
    reconnect: !once,
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
    ...((wantsTls || Object.keys(tls).length > 0) && {
      tls: {
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...(tls.key !== undefined && { key: tls.key }),
        // The library leaves the name empty for a server given by its address, and node then checks the certificate
        // against "localhost".
        checkServerIdentity: (name: string, certificate: PeerCertificate) => {
          const fault = checkServerIdentity(isIP(hostname) ? hostname : name, certificate);
          if (fault === undefined) onCertificate?.(certificate);
          return fault;
        },
      } as NonNullable<NodeConnectionOptions['tls']>,
    }),
    // Asked before each dial for the server to take; null leaves the choice to the library.
    reconnectToServer: ([next]) => {
      hostname = next?.hostname ?? '';
      return null;
    },
  };
}
