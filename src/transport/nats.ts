// The first connection, to whichever server answers. The library can do that too, but then it says neither why a server
// did not, nor that one refused the credentials, and cannot be told to stop.

import { DIAL_TIMEOUT_MS, type DialOptions, dialNats, RETRY_DELAY_MS, RETRY_JITTER_MS } from './dial.ts';
import { TransportError } from './errors.ts';
import { NatsTransport } from './nats-connection.ts';
import { describeDialFailure, isRefusal, refusal, toError } from './nats-errors.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** Which servers to connect to, and how. */
export interface NatsOptions extends Pick<DialOptions, 'credentials' | 'tls'> {
  /** addresses in the order to try them */
  servers: readonly string[];
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
  const { servers, withinMs = Number.POSITIVE_INFINITY } = options;
  const dialOptions = {
    ...options,
    wantsTls: servers.some((address) => /^tls:/i.test(address)),
    timeoutMs: Math.floor(withinMs / servers.length),
  };
  const failures = new Map<string, string>();
  for (let round = 1; ; round++) {
    for (const server of servers) {
      if (signal?.aborted) throw unreachable(servers, failures);
      const dialling = dialNats(server, dialOptions).catch(toError);
      const outcome = await orAborted(dialling, signal);
      if (outcome === undefined) {
        // Nobody waits for this dial any more, but a connection that comes of it must end.
        void dialling.then((late) => (late instanceof Error ? undefined : late.close()));
        throw unreachable(servers, failures);
      }
      if (!(outcome instanceof Error)) {
        outcome.setServers([...servers]);
        return new NatsTransport(outcome, events);
      }
      if (isRefusal(outcome)) throw refusal(outcome);
      failures.set(server, describeDialFailure(outcome));
    }
    // A person who waits should know that it is not for a message yet.
    if (round === 1 && withinMs > DIAL_TIMEOUT_MS) {
      events.onUnreachable?.(describeFailures(servers, failures));
    }
    const delayMs = RETRY_DELAY_MS + Math.random() * RETRY_JITTER_MS;
    await orAborted(new Promise((resolve) => setTimeout(resolve, delayMs)), signal);
  }
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
