// What travels by a server, seen and said by a client that knows nothing of the program.

import { EventEmitter, once } from 'node:events';
import type { NatsConnection } from 'nats';
import { connectRaw } from './wire.ts';

/** A message as it travelled. */
export interface Overheard {
  subject: string;
  /** the NATS reply-to, if any */
  reply: string | undefined;
  data: Buffer;
  /** what is between the commas: key, signature, destination, time, uuid, verb, flag, payload… */
  fields: string[];
}

/** A client that hears every message of a server. */
export class Wiretap {
  readonly messages: Overheard[] = [];
  readonly #connection: NatsConnection;
  readonly #arrivals = new EventEmitter();
  #marks = 0;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe('>', {
      callback: (_error, { subject, reply, data }) => {
        const bytes = Buffer.from(data);
        if (subject.startsWith('mark.')) this.#arrivals.emit(subject);
        else this.messages.push({ subject, reply, data: bytes, fields: bytes.toString('latin1').split(',') });
        this.#arrivals.emit('message');
      },
    });
  }

  /** Connects; from then on everything is heard. */
  static async open(url: string): Promise<Wiretap> {
    const connection = await connectRaw(url);
    const wiretap = new Wiretap(connection);
    await connection.flush();
    return wiretap;
  }

  /** What the server has got since this was last asked; waits until all of it is here. */
  async take(): Promise<Overheard[]> {
    const mark = `mark.${this.#marks++}`;
    const arrived = once(this.#arrivals, mark);
    this.#connection.publish(mark);
    await arrived;
    return this.messages.splice(0);
  }

  /** The first message that was not taken yet; waits for one. */
  async next(): Promise<Overheard> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) return message;
      await once(this.#arrivals, 'message');
    }
  }

  /** Says something; resolves when the server has it. */
  async publish(subject: string, data: Uint8Array): Promise<void> {
    this.#connection.publish(subject, data);
    await this.#connection.flush();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
