import type { PeerCertificate } from 'node:tls';
import { errors } from 'nats';
import { type DialOptions, dialNats } from './dial.ts';
import { TransportError } from './errors.ts';
import { NatsTransport } from './nats-connection.ts';
import { isDisconnection } from './nats-errors.ts';
import type { Transport } from './transport.ts';

/** What is tried. */
export type Act = 'publish' | 'subscribe';

/** How often to try what something else prevented. */
const MAX_ATTEMPTS = 5;

/** How to connect. */
export interface ProbeConnectionOptions extends Pick<DialOptions, 'credentials' | 'tls' | 'wantsTls'> {
  /** ends every attempt */
  signal: AbortSignal;
}

/** One connection at a time to the same server. */
export class ProbeConnections {
  readonly #server: string;
  readonly #options: ProbeConnectionOptions;
  readonly #onCertificate: (endsMs: number) => void;
  #transport: Transport | undefined;

  /** @param onCertificate told when the server's certificate ends, Unix time in milliseconds */
  constructor(server: string, options: ProbeConnectionOptions, onCertificate: (endsMs: number) => void) {
    this.#server = server;
    this.#options = options;
    this.#onCertificate = onCertificate;
  }

  /**
   * Connects, again where the server hangs up without a word: with another try it may say why.
   *
   * @throws the client library's own error, or the signal's reason
   */
  async open(changes: Partial<DialOptions> = {}): Promise<Transport> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await this.#dial(changes);
      } catch (error) {
        if (!isCutOff(error) || attempts === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #dial(changes: Partial<DialOptions>): Promise<Transport> {
    const { credentials, tls, wantsTls = false, signal } = this.#options;
    signal.throwIfAborted();
    const dialling = dialNats(this.#server, {
      credentials,
      tls,
      wantsTls,
      timeoutMs: Number.POSITIVE_INFINITY,
      once: true,
      onCertificate: ({ valid_to }: PeerCertificate) => {
        const endsMs = Date.parse(valid_to);
        if (!Number.isNaN(endsMs)) this.#onCertificate(endsMs);
      },
      ...changes,
    });
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
    });
    signal.addEventListener('abort', onAbort);
    try {
      this.#transport = new NatsTransport(await Promise.race([dialling, aborted]), {});
    } catch (error) {
      // Nobody waits for this dial any more, but a connection that comes of it must end.
      void dialling.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return this.#transport;
  }

  /** Makes another connection in the place of the one there is. */
  async renew(changes?: Partial<DialOptions>): Promise<void> {
    await this.close();
    await this.open(changes);
  }

  /**
   * Tries something, again where a connection ended for another reason: to a user that may have no subscriptions a
   * server says so unasked, sooner or later.
   *
   * @returns the server's words when it is not permitted, which ends the connection
   * @throws whatever else went wrong
   */
  async attempt(act: Act, work: (transport: Transport) => Promise<void>): Promise<string | undefined> {
    for (let attempts = 1; ; attempts++) {
      // What cannot be reached again is not tried again.
      const transport = this.#transport ?? (await this.open());
      try {
        await work(transport);
        return undefined;
      } catch (error) {
        this.#options.signal.throwIfAborted();
        await this.close();
        const isRefused = error instanceof TransportError && error.code === 'not-permitted';
        if (isRefused && (act === 'subscribe' || isAboutPublishing(error))) return error.message;
        if (!isRefused && !isEnd(error)) throw error;
        if (attempts < MAX_ATTEMPTS) continue;
        if (!isRefused) throw error;
        return error.message;
      }
    }
  }

  async close(): Promise<void> {
    const transport = this.#transport;
    this.#transport = undefined;
    await transport?.close();
  }
}

function isAboutPublishing({ cause }: TransportError): boolean {
  return cause instanceof errors.PermissionViolationError && cause.operation === 'publish';
}

function isEnd(error: unknown): boolean {
  return isDisconnection(error) || (error instanceof TransportError && error.code === 'closed');
}

function isCutOff(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET';
}
