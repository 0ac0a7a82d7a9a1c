// A connection that publishes frames made beforehand, as fast as the server takes them.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A message as a frame of the NATS protocol. */
export function toFrame(message: Uint8Array, subject = 'remaphore.all'): Buffer {
  return Buffer.concat([Buffer.from(`PUB ${subject} ${message.length}\r\n`), message, Buffer.from('\r\n')]);
}

/** A connection to a server that wants no credentials. */
export class RawPublisher {
  readonly #socket: Socket;
  readonly #pongs: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(port: number): Promise<RawPublisher> {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    const publisher = new RawPublisher(socket);
    const lines = createInterface({ input: socket });
    await once(lines, 'line');
    lines.on('line', (line) => publisher.#take(line));
    socket.write('CONNECT {"verbose":false,"pedantic":false,"protocol":1,"lang":"test","version":"0"}\r\n');
    await publisher.flush();
    return publisher;
  }

  /** Resolves when there is room for more. */
  async write(frames: Uint8Array): Promise<void> {
    if (!this.#socket.write(frames)) await once(this.#socket, 'drain');
  }

  /** Resolves when the server has passed on everything that was written. */
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
