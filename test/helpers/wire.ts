// A plain client of the server, which puts any bytes on the wire and takes what comes back, as a stranger could.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, credsAuthenticator, errors, type NatsConnection } from 'nats';

/**
 * A client that finds a server again that was gone; whoever connects it closes it.
 *
 * @param credentials path of a credentials file; default: none
 */
export async function connectRaw(url: string, credentials?: string): Promise<NatsConnection> {
  const authenticator = credentials && { authenticator: credsAuthenticator(readFileSync(credentials)) };
  return connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50, ...(authenticator || {}) });
}

/** Waits until somebody is subscribed to a subject: until then the server says that there is no responder. */
export async function untilSubscribed(client: NatsConnection, subject: string): Promise<void> {
  for (;;) {
    try {
      // A request without a connection times out too: first be sure that there is one, to the server that is up now.
      await client.flush();
      await client.request(subject, '', { timeout: 200 });
      return;
    } catch (error) {
      if (error instanceof errors.TimeoutError) return;
      // No responders, or no connection just now.
      await delay(20);
    }
  }
}

/** Where the replies to a message go. */
export function replySubject(message: Uint8Array, prefix = 'remaphore'): string {
  return `${prefix}.${createHash('sha256').update(message).digest('hex')}`;
}

/** A reply as it travelled, taken apart. */
export interface WireReply {
  /** of its payload, before the comma; NaN when there is none */
  exitCode: number;
  /** of its payload, after the comma */
  output: Buffer;
  /** the same as text */
  text: string;
  /** of the whole reply */
  sizeBytes: number;
}

/** A connection that does as it is told. */
export interface Wire {
  /** Publishes in order and in one batch; resolves when the server has all of it. */
  publish(...messages: Uint8Array[]): Promise<void>;
  /** Publishes a message, others behind it in the same batch, and waits for the first reply to the first. */
  ask(message: Uint8Array, ...more: Uint8Array[]): Promise<WireReply>;
  /** Starts to collect the replies to a message that is to be published. */
  collectReplies(message: Uint8Array): Promise<WireReply[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Connects to a server without credentials; messages go to the subject that configurations have by default. */
export async function connectWire(url: string): Promise<Wire> {
  const connection = await connectRaw(url);
  const subscribe = (message: Uint8Array, handler: (reply: WireReply) => void) => {
    connection.subscribe(replySubject(message), { callback: (_, { data }) => handler(parseReply(data)) });
  };
  const publish = async (...messages: Uint8Array[]) => {
    for (const message of messages) connection.publish('remaphore.all', message);
    await connection.flush();
  };
  return {
    publish,
    async ask(message, ...more) {
      const reply = new Promise<WireReply>((resolve) => {
        subscribe(message, resolve);
      });
      await publish(message, ...more);
      return reply;
    },
    async collectReplies(message) {
      const replies: WireReply[] = [];
      subscribe(message, (reply) => replies.push(reply));
      await connection.flush();
      return replies;
    },
    async [Symbol.asyncDispose]() {
      await connection.close();
    },
  };
}

function parseReply(data: Uint8Array): WireReply {
  const bytes = Buffer.from(data);
  let at = 0;
  for (let commas = 0; commas < 7; commas++) at = bytes.indexOf(',', at) + 1;
  const payload = bytes.subarray(at);
  const comma = payload.indexOf(',');
  const output = payload.subarray(comma + 1);
  const exitCode = comma === -1 ? Number.NaN : Number(payload.subarray(0, comma).toString());
  return { exitCode, output, text: output.toString('utf8'), sizeBytes: bytes.length };
}
