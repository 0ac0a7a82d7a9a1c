// One receiver that is sent hostile messages, and what it lets through.

import { afterAll, beforeAll } from 'vitest';
import { createTestKeys, forgeMessage, type TestKeys } from './forge.ts';
import { type Program, startReady } from './program.ts';
import { openSite } from './site.ts';
import { connectWire, type Wire } from './wire.ts';

/** What a test says to the receiver, and what came of it. */
export interface Gate {
  /** a peer that may use every verb */
  trusted: TestKeys;
  /** a peer that may use `ping` and `break` */
  limited: TestKeys;
  /** no peer */
  stranger: TestKeys;
  /** path of the receiver's configuration */
  config: string;
  wire: Wire;
  receiver: Program;
  /**
   * Publishes messages in one batch, with an honest one behind them. That it is printed shows that the receiver is
   * alive and has dealt with the others.
   *
   * @returns the payloads that were printed before it
   */
  pass(...messages: Uint8Array[]): Promise<string[]>;
}

/** The name that the receiver of a gate has. */
export const GATE_DESTINATION = 'com.crypto.us.right';

/**
 * Has one receiver, without a script, serve all tests of a file; its fields are there once the tests run.
 *
 * @param lines further lines of its configuration
 */
export function openGate(lines = ''): Gate {
  const gate = { stranger: createTestKeys() } as Gate;
  const site = openSite([
    'com.crypto.us.left',
    { destination: GATE_DESTINATION, lines },
    { destination: 'com.crypto.us.limited', verbs: 'ping, break' },
  ]);
  const [left, right, limited] = site.nodes;
  let count = 0;
  let readUpTo = 0;

  beforeAll(async () => {
    gate.trusted = left.keys;
    gate.limited = limited.keys;
    gate.config = right.config;
    gate.wire = await connectWire(site.server.url);
    gate.receiver = await startReady(gate.config, ['-t', '45s']);
  });

  gate.pass = async (...messages) => {
    const honest = `honest ${++count}\n`;
    await gate.wire.publish(...messages, forgeMessage(gate.trusted, { payload: honest }));
    await gate.receiver.printed(honest);
    const all = gate.receiver.stdout;
    const printed = all.slice(readUpTo, all.indexOf(honest));
    readUpTo = all.indexOf(honest) + honest.length;
    return printed.split('\n').slice(0, -1);
  };

  afterAll(async () => {
    gate.receiver.kill('SIGTERM');
    await gate.receiver.finished;
    await gate.wire[Symbol.asyncDispose]();
  });
  return gate;
}
