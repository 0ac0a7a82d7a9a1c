// A connection to the server that publishes frames made beforehand, so that nothing but the writing is in the way.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseCreds } from '@nats-io/jwt';
import { fromSeed } from '@nats-io/nkeys';

/** The name by which the server's monitoring knows this connection. */
export const RAW_CONNECTION_NAME = 'bench';

/** A message as a frame of the NATS protocol. */
export function toFrame(subject: string, message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`PUB ${subject} ${message.length}\r\n`), message, Buffer.from('\r\n')]);
}

/** A connection that publishes. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #pongs: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param credentials path of a credentials file */
  static async open(port: number, credentials: string): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    const connection = new RawConnection(socket);
    const lines = createInterface({ input: socket });
    const [info] = (await once(lines, 'line')) as [string];
    const { nonce } = JSON.parse(info.slice('INFO '.length)) as { nonce: string };
    const { key, jwt } = await parseCreds(readFileSync(credentials));
    const sig = Buffer.from(fromSeed(Buffer.from(key)).sign(Buffer.from(nonce))).toString('base64url');
    lines.on('line', (line) => connection.#take(line));
    const options = { jwt, sig, verbose: false, pedantic: false, protocol: 1, lang: 'bench', version: '0' };
    socket.write(`CONNECT ${JSON.stringify({ ...options, name: RAW_CONNECTION_NAME })}\r\n`);
    await connection.flush();
    return connection;
  }

  /** Writes frames. */
  write(frames: Uint8Array): void {
    this.#socket.write(frames);
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
