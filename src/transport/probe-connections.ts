import type { PeerCertificate } from 'node:tls';
import { errors } from 'nats';
import { type DialOptions, dialNats } from './dial.ts';
import { TransportError } from './errors.ts';
import { NatsTransport } from './nats-connection.ts';
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

  /** @throws the client library's own error, or the signal's reason */
  async open(changes: Partial<DialOptions> = {}): Promise<Transport> {
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
   * Tries something.
   *
   * @param act what a refusal must be about to count: a server also says unasked that a user may have no subscriptions
   * @returns the server's words when it is not permitted, which ends the connection
   * @throws whatever else went wrong
   */
  async attempt(act: Act, work: (transport: Transport) => Promise<void>): Promise<string | undefined> {
    for (let attempts = 1; ; attempts++) {
      try {
        await work(this.#transport ?? (await this.open()));
        return undefined;
      } catch (error) {
        if (!(error instanceof TransportError) || error.code !== 'not-permitted') throw error;
        await this.close();
        if (act === 'subscribe' || isAboutPublishing(error) || attempts === MAX_ATTEMPTS) return error.message;
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
