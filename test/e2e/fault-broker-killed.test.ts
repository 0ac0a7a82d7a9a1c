// A broker that is killed in the middle of something, and back only when what was signed before is too old to be accepted.

import { describe, expect, it, onTestFinished } from 'vitest';
import { openDurableChannel } from '../helpers/durable.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import { openScripts } from '../helpers/scripts.ts';
import { writeSlow } from '../helpers/slow-script.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';
/** Longer than the skew that is allowed in these tests. */
const TOO_LONG_MS = 2500;

const site = openKeptSite('allow_skew: 2s');
const scripts = openScripts();

/** Puts a proxy before the server, a host behind it, and another one that reaches the server itself. */
async function behindProxy(): Promise<{ proxy: TestProxy; behind: TestNode; direct: TestNode }> {
  const proxy = await startProxy(site.server.port);
  const lines = 'allow_skew: 2s';
  const network = createNetwork(site.server.url, [
    { destination: 'com.crypto.us.behind', lines, servers: [proxy.url] },
    { destination: 'com.crypto.us.direct', lines },
  ]);
  onTestFinished(async () => {
    network[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
  });
  const [behind, direct] = network.nodes as [TestNode, TestNode];
  return { proxy, behind, direct };
}

/** Ends every connection as soon as the server says something, for a while. */
function cutForTooLong(proxy: TestProxy): void {
  const untilMs = performance.now() + TOO_LONG_MS;
  proxy.cut();
  proxy.fromClient = (chunk) => chunk;
  proxy.fromServer = (chunk) => {
    if (performance.now() > untilMs) return chunk;
    proxy.cut();
    return undefined;
  };
}

describe('a broker that is killed while a script runs, and is back after more than allow_skew', () => {
  it('gets the script’s reply, signed anew; the script is run once and to its end', async () => {
    const { proxy, behind, direct } = await behindProxy();
    const script = writeSlow(scripts, 'slow');
    const responder = await startReady(behind.config, ['-S', 'asked', '-t', '45s', script.path]);
    const asking = start(direct.config, ['-r', '-S', 'asked', '-D', behind.destination, '-t', '45s', 'once']);
    await script.untilRan(1);
    await site.server.stop('SIGKILL');
    for (const program of [responder, asking]) await program.said(LOST);
    script.letEnd();
    expect((await run(site.left.config, ['-s', '-t', `${TOO_LONG_MS}ms`])).exitCode).toBe(3);
    // Who asks has to be back first: a reply is for who listens.
    proxy.fromServer = () => {
      proxy.cut();
      return undefined;
    };
    await site.server.start();
    await asking.said(BACK);
    proxy.fromServer = (chunk) => chunk;
    expect(await asking.finished).toEqual({
      exitCode: 0,
      stdout: `${behind.destination},0,done once\n`,
      stderr: LOST + BACK,
    });
    responder.kill('SIGTERM');
    expect(await responder.finished).toEqual({ exitCode: 143, stdout: '', stderr: `remaphore: ready\n${LOST}${BACK}` });
    expect(script.ran).toEqual(['once']);
    expect(script.left).toEqual([]);
  });

  it('does not keep a receiver that is told to end: what runs is ended, and the reply given up with a word', async () => {
    const script = writeSlow(scripts, 'slow');
    const responder = await startReady(site.right.config, ['-S', 'told', '-t', '45s', script.path]);
    const asking = start(site.left.config, ['-r', '-S', 'told', '-D', site.right.destination, '-t', '45s']);
    await script.untilRan(1);
    await site.server.stop('SIGKILL');
    await responder.said(LOST);
    responder.kill('SIGTERM');
    const { exitCode, stderr } = await responder.finished;
    await site.server.start();
    asking.kill('SIGTERM');
    await asking.finished;
    expect(exitCode).toBe(143);
    expect(stderr).toContain(`the reply to ${site.left.destination} could not be sent: there was no connection`);
    expect(script.left).toEqual([]);
  });
});

describe('a message that cannot be sent for longer than allow_skew', () => {
  it('is signed when there is a connection, by a program that finds none at first', async () => {
    const durable = await openDurableChannel(site);
    const listener = await durable.listen(['--durable', 'work', '-o', durable.script()]);
    await site.server.stop('SIGKILL');
    const sending = start(site.left.config, ['-s', '-S', durable.channel, '-t', '45s', 'late']);
    await sending.said('no server yet');
    await run(site.left.config, ['-s', '-t', `${TOO_LONG_MS}ms`]);
    await site.server.start();
    expect((await sending.finished).exitCode).toBe(0);
    expect((await listener.finished).exitCode).toBe(0);
    expect(durable.ran()).toEqual(['1 late']);
  });

  it('is signed when the connection is back, by a program that has lost it, and durable listeners act on it', async () => {
    const durable = await openDurableChannel(site);
    const listener = await durable.listen(['--durable', 'work', '-o', durable.script()]);
    const node = await site.connect(site.left);
    await site.server.stop('SIGKILL');
    await listener.said(LOST);
    await expect.poll(() => node.connected).toBe(false);
    const sending = node.send({ channel: durable.channel, payload: 'late' });
    await run(site.left.config, ['-s', '-t', `${TOO_LONG_MS}ms`]);
    await site.server.start();
    await sending;
    expect((await listener.finished).exitCode).toBe(0);
    expect(durable.ran()).toEqual(['1 late']);
  });

  it('is an error of the sender’s, exit 3, when the server may have it from before: nobody acts on it twice', async () => {
    const { proxy, behind } = await behindProxy();
    const receiver = await startReady(site.right.config, ['-S', 'unsure', '-d', '-t', '45s', '--explain']);
    let pongs = 0;
    proxy.fromServer = (chunk) => {
      // The first answers CONNECT, the second is the confirmation.
      if (!chunk.includes('PONG\r\n') || ++pongs !== 2) return chunk;
      cutForTooLong(proxy);
      return undefined;
    };
    const { exitCode, stderr } = await run(behind.config, ['-s', '-S', 'unsure', '-t', '45s']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('too old by now to be sent again: who listens has it from before, or not at all\n');
    await run(site.left.config, ['-s', '-S', 'unsure', 'end']);
    await receiver.printed('end\n');
    receiver.kill('SIGTERM');
    // It came once: a second copy would have been explained as well.
    expect((await receiver.finished).stderr.match(/remaphore: ignored:/g)).toHaveLength(1);
  });

  it('is an error of who asks, exit 3, and not the silence of those who were asked', async () => {
    const { proxy, behind } = await behindProxy();
    proxy.fromClient = (chunk) => {
      if (!chunk.includes('PUB remaphore.')) return chunk;
      cutForTooLong(proxy);
      return undefined;
    };
    const { exitCode, stdout, stderr } = await run(behind.config, ['-r', '-S', 'unsure', '-t', '45s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain('too old by now to be sent again');
  });

  it('is kept with --keep, with a word that durable listeners ignore it', async () => {
    const { proxy, behind } = await behindProxy();
    const channel = await site.createChannel();
    proxy.fromClient = (chunk) => {
      if (!chunk.includes(`PUB remaphore.${channel} `)) return chunk;
      cutForTooLong(proxy);
      return undefined;
    };
    const { exitCode, stderr } = await run(behind.config, ['-s', '--keep', '-S', channel, '-t', '45s']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^remaphore: warning: the message is kept, but was stored [0-9.]+ s after it was signed: durable listeners/m,
    );
  });
});
