// A connection to the server that publishes frames made beforehand, so that nothing but the writing is in the way.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseCreds } from '@nats-io/jwt';
import { fromSeed } from '@nats-io/nkeys';

/** The name by which the server's monitoring knows this connection. */
export const RAW_PUBLISHER_NAME = 'raw publisher';

/** A message as a frame of the NATS protocol. */
export function toFrame(message: Uint8Array, subject = 'remaphore.all'): Buffer {
  return Buffer.concat([Buffer.from(`PUB ${subject} ${message.length}\r\n`), message, Buffer.from('\r\n')]);
}

/** A connection that publishes. */
export class RawPublisher {
  readonly #socket: Socket;
  readonly #pongs: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param credentials path of a credentials file; undefined: the server wants none */
  static async open(port: number, credentials?: string): Promise<RawPublisher> {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    const publisher = new RawPublisher(socket);
    const lines = createInterface({ input: socket });
    const [info] = (await once(lines, 'line')) as [string];
    const access = credentials === undefined ? {} : await sign(info, credentials);
    lines.on('line', (line) => publisher.#take(line));
    const options = { ...access, verbose: false, pedantic: false, protocol: 1, lang: 'test', version: '0' };
    socket.write(`CONNECT ${JSON.stringify({ ...options, name: RAW_PUBLISHER_NAME })}\r\n`);
    await publisher.flush();
    return publisher;
  }

  /** Writes frames; whether there is room for more at once. */
  write(frames: Uint8Array): boolean {
    return this.#socket.write(frames);
  }

  /** Writes frames; resolves when there is room for more. */
  async writeWhenRoom(frames: Uint8Array): Promise<void> {
    if (!this.write(frames)) await once(this.#socket, 'drain');
  }

  /** Resolves when the server has everything that was written. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#pongs.push(resolve);
      this.#socket.write('PING\r\n');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(line: string): void {
    if (line === 'PING') this.#socket.write('PONG\r\n');
    else if (line === 'PONG') this.#pongs.shift()?.();
    else if (line.startsWith('-ERR')) this.#socket.destroy(new Error(`the server said ${line}`));
  }
}

/** What answers the challenge that is in the server's first line. */
async function sign(info: string, credentials: string): Promise<{ jwt: string; sig: string }> {
  const { nonce } = JSON.parse(info.slice('INFO '.length)) as { nonce: string };
  const { key, jwt } = await parseCreds(readFileSync(credentials));
  return { jwt, sig: Buffer.from(fromSeed(Buffer.from(key)).sign(Buffer.from(nonce))).toString('base64url') };
}
