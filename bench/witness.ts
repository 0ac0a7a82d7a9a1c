// Sees what programs send, so that one that is quick because it sends nothing is not taken for a quick one.

import type { NatsConnection } from 'nats';
import { isSignedByItsKey } from '../test/helpers/second-opinion.ts';
import { connectRaw } from '../test/helpers/wire.ts';
import { type Ended, start } from './process.ts';
import type { BenchProgram } from './programs.ts';
import { type Setting, SUBJECT } from './setting.ts';

const UUID = 'upload_done';

/** A connection of its own that is subscribed to the messages. */
export class Witness {
  readonly #connection: NatsConnection;
  readonly #seen: Uint8Array[] = [];

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe(SUBJECT, {
      callback: (_, { data }) => {
        this.#seen.push(data);
      },
    });
  }

  static async open({ server, credentials }: Setting): Promise<Witness> {
    const witness = new Witness(await connectRaw(server.url, credentials));
    await witness.#connection.flush();
    return witness;
  }

  /**
   * Runs a program that sends one message, to its end.
   *
   * @param config path of its configuration
   * @throws Error when it fails, or when the server has not got one message that is well signed
   */
  async watchSending(program: BenchProgram, config: string): Promise<Ended> {
    this.#seen.length = 0;
    const ended = await start(program, ['-s', '-u', UUID], config).succeeded();
    // What the server had before the program ended comes before the answer to this.
    await this.#connection.flush();
    const [message, another] = this.#seen;
    const hasSent = message !== undefined && another === undefined && isSignedByItsKey(message);
    if (hasSent && Buffer.from(message).includes(Buffer.from(UUID).toString('hex'))) return ended;
    throw new Error(`${program.name}: expected its message at the server, got ${this.#seen.length} or a damaged one`);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
