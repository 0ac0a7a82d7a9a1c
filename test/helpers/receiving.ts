// The set-up of most tests of receiving: a sender, a receiver, a wire to put messages on, and scripts.

import { onTestFinished } from 'vitest';
import { type ForgedFields, forgeMessage } from './forge.ts';
import { createNetwork, type TestNetwork } from './network.ts';
import { type Ended, type Program, type StartOptions, startReady } from './program.ts';
import { createScripts, type ScriptDirectory } from './scripts.ts';
import { startServer } from './server.ts';
import { connectWire, type Wire, type WireReply } from './wire.ts';

/** A receiver that was forgotten ends after this long. */
const GUARD = ['-t', '45s'];

/** Two hosts by one server: tests speak as the first, and the program receives as the second. */
export interface Bench {
  network: TestNetwork;
  scripts: ScriptDirectory;
  wire: Wire;
  /** A message of the sender's. */
  message(fields?: ForgedFields): Buffer;
  /** Starts a receiver and waits until it is ready; a -t among `args` counts more than the guard's. */
  receive(args: readonly string[], options?: StartOptions): Promise<Program>;
  /** Has a receiver deal with one message that wants no reply, and waits for its end. */
  receiveOne(args: readonly string[], fields?: ForgedFields, options?: StartOptions): Promise<Ended>;
  /** Has a receiver answer one message, and waits for its end. */
  askOne(args: readonly string[], fields?: ForgedFields): Promise<WireReply & { receiver: Ended }>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param settings further lines of the server's configuration */
export async function createBench(settings = ''): Promise<Bench> {
  const server = await startServer(settings);
  const network = createNetwork(server.url, ['com.crypto.us.left', 'com.crypto.us.right']);
  const [left, right] = network.nodes as [TestNetwork['nodes'][0], TestNetwork['nodes'][0]];
  const wire = await connectWire(server.url);
  const scripts = createScripts();
  const message = (fields?: ForgedFields) => forgeMessage(left.keys, fields);
  const receive = async (args: readonly string[], options?: StartOptions) => {
    const receiver = await startReady(right.config, [...GUARD, ...args], options);
    // A test that failed half way must not leave one behind to answer in the place of the next test's.
    onTestFinished(async () => {
      receiver.kill('SIGTERM');
      await receiver.finished;
    });
    return receiver;
  };
  return {
    network,
    scripts,
    wire,
    message,
    receive,
    async receiveOne(args, fields, options) {
      const receiver = await receive(['-o', ...args], options);
      await wire.publish(message(fields));
      return receiver.finished;
    },
    async askOne(args, fields) {
      const receiver = await receive(['-o', ...args]);
      const reply = await wire.ask(message({ ...fields, wantsReply: true }));
      return { ...reply, receiver: await receiver.finished };
    },
    async [Symbol.asyncDispose]() {
      scripts[Symbol.dispose]();
      await wire[Symbol.asyncDispose]();
      network[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
