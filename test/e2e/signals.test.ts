// Ended by a signal: 128 and its number, whatever the program was waiting for, and no stack.

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

const site = withWiretap(openSite(['com.crypto.us.left', 'com.crypto.us.right']));
const [left, right] = site.nodes;

/** A server that takes connections and says nothing, and a network that knows only this one. */
async function createSilence(): Promise<{ listener: Server; silent: TestNetwork }> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  return { listener, silent: createNetwork(`nats://127.0.0.1:${port}`, ['com.a']) };
}

describe.each(SIGNALS)('%s', (signal, exitCode) => {
  it(`ends a receiver with ${exitCode}`, async () => {
    const receiver = await startReady(right.config, ['-t', '20s']);
    receiver.kill(signal);
    expect(await receiver.finished).toEqual({ exitCode, stdout: '', stderr: 'remaphore: ready\n' });
  });

  it(`ends a receiver with ${exitCode} though messages have come`, async () => {
    const receiver = await startReady(right.config, ['-t', '20s']);
    await run(left.config, ['-s', 'text']);
    await receiver.printed('text\n');
    receiver.kill(signal);
    expect(await receiver.finished).toMatchObject({ exitCode, stdout: 'text\n' });
    await site.wiretap.take();
  });

  it(`ends a request with ${exitCode}, naming who has not answered`, async () => {
    const asker = start(left.config, ['-r', '-t', '20s', '-D', 'com.crypto.us.right']);
    await site.wiretap.next();
    asker.kill(signal);
    expect(await asker.finished).toMatchObject({
      exitCode,
      stdout: '',
      stderr: 'remaphore: warning: no answer from: com.crypto.us.right\n',
    });
  });

  it(`ends a receiver, a request and a sender with ${exitCode} before they are connected`, async () => {
    const { listener, silent } = await createSilence();
    const config = silent.nodes[0]?.config as string;
    for (const args of [
      ['-t', '20s'],
      ['-r', '-t', '20s'],
      ['-s', '-t', '20s'],
    ]) {
      const dialled = once(listener, 'connection');
      const program = start(config, args);
      await dialled;
      program.kill(signal);
      const ended = await program.finished;
      expect({ args, ...ended }).toMatchObject({ args, exitCode, stdout: '' });
      expect(ended.stderr).not.toContain('    at ');
    }
    listener.close();
    silent[Symbol.dispose]();
  });
});
