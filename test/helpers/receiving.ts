// The set-up of most tests of receiving: a sender, a receiver, a wire to put messages on, and scripts.

import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type ForgedFields, forgeMessage } from './forge.ts';
import type { TestNode } from './network.ts';
import { type Ended, type Program, type StartOptions, startReady } from './program.ts';
import { createScripts, type ScriptDirectory } from './scripts.ts';
import { openSite } from './site.ts';
import { connectWire, type Wire, type WireReply } from './wire.ts';

/** A receiver that was forgotten ends after this long. */
const GUARD = ['-t', '45s'];

/** Two hosts by one server: tests speak as the left one, and the program receives as the right one. */
export interface Bench {
  left: TestNode;
  right: TestNode;
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
}

/**
 * Has one server, and two hosts by it, serve all tests of a file; the other fields are there once the tests run.
 *
 * @param settings further lines of the server's configuration
 */
export function openBench(settings = ''): Bench {
  const site = openSite(['com.crypto.us.left', 'com.crypto.us.right'], settings);
  const [left, right] = site.nodes;
  const bench = { left, right } as Bench;

  beforeAll(async () => {
    bench.wire = await connectWire(site.server.url);
    bench.scripts = createScripts();
  });

  bench.message = (fields) => forgeMessage(left.keys, fields);
  bench.receive = async (args, options) => {
    const receiver = await startReady(right.config, [...GUARD, ...args], options);
    // A test that failed half way must not leave one behind to answer in the place of the next test's.
    onTestFinished(async () => {
      receiver.kill('SIGTERM');
      await receiver.finished;
    });
    return receiver;
  };
  bench.receiveOne = async (args, fields, options) => {
    const receiver = await bench.receive(['-o', ...args], options);
    await bench.wire.publish(bench.message(fields));
    return receiver.finished;
  };
  bench.askOne = async (args, fields) => {
    const receiver = await bench.receive(['-o', ...args]);
    const reply = await bench.wire.ask(bench.message({ ...fields, wantsReply: true }));
    return { ...reply, receiver: await receiver.finished };
  };

  afterAll(async () => {
    bench.scripts[Symbol.dispose]();
    await bench.wire[Symbol.asyncDispose]();
  });
  return bench;
}
