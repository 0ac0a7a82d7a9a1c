// A server that is taken out of service (lame-duck mode): it lets nobody in any more, and parts with one client after the other.

import { describe, expect, it } from 'vitest';
import { openDurableChannel } from '../helpers/durable.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { until } from '../helpers/processes.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { writeSlow } from '../helpers/slow-script.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';
/** The first is the least that the server takes; a few clients are parted with within a second or so all the same. */
const DUCK = 'lame_duck_duration: "30s"\nlame_duck_grace_period: "100ms"';

const scripts = openScripts();
const site = openKeptSite();

const retire = (server: TestServer) => process.kill(server.pid, 'SIGUSR2');

describe('a server that goes into lame-duck mode while there is another', () => {
  it('costs a script nothing that runs, nor who waits for its reply; who comes goes to the other one', async () => {
    await using first = await startServer(DUCK);
    await using second = await startServer();
    using network = createNetwork([first.url, second.url], ['com.crypto.us.left', 'com.crypto.us.right']);
    const [left, right] = network.nodes as [TestNode, TestNode];
    const script = writeSlow(scripts, 'slow');
    const receiver = await startReady(right.config, ['-u', 'duck', '-S', 'signal', '-t', '45s']);
    const responder = await startReady(right.config, ['-n', '2', '-t', '45s', script.path]);
    const asking = start(left.config, ['-r', '-D', right.destination, '-t', '45s', 'once']);
    await script.untilRan(1);
    retire(first);
    for (const program of [receiver, responder, asking]) await program.said(LOST + BACK);
    script.letEnd();
    expect(await asking.finished).toEqual({
      exitCode: 0,
      stdout: `${right.destination},0,done once\n`,
      stderr: LOST + BACK,
    });
    for (const words of [['-u', 'duck', '-S', 'signal', 'heard'], ['twice']]) {
      expect(await run(left.config, ['-s', ...words])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    }
    const said = `remaphore: ready\n${LOST}${BACK}`;
    expect(await receiver.finished).toEqual({ exitCode: 0, stdout: 'heard\n', stderr: said });
    expect(await responder.finished).toEqual({ exitCode: 0, stdout: 'done twice\n', stderr: said });
    expect(script.ran).toEqual(['once', 'twice']);
    expect(script.left).toEqual([]);
  });
});

describe('a server that goes into lame-duck mode and is the only one', () => {
  it('makes a receiver exit 3 when its time is over before there is one again', async () => {
    await using server = await startServer(DUCK);
    using network = createNetwork(server.url, ['com.crypto.us.right']);
    const [{ config }] = network.nodes as [TestNode];
    const receiver = await startReady(config, ['-t', '4s']);
    retire(server);
    await receiver.said(LOST);
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('remaphore: error: not connected to a server when the time ran out\n');
  });

  it('gets a durable listener what is sent when it is started again, and what it had dealt with not again', async () => {
    const durable = await openDurableChannel(site);
    const listener = await durable.listen(['--durable', 'work', durable.script()]);
    // When the second is run the first is settled.
    await durable.send('a', 'b');
    await durable.untilRan(2);
    await site.server.stop('SIGKILL');
    await site.server.start(DUCK);
    await listener.said(BACK);
    retire(site.server);
    await listener.said(LOST + BACK + LOST);
    await site.server.stop('SIGTERM');
    await site.server.start('');
    await durable.send('c');
    await until('c was run', () => durable.ran().includes('1 c'));
    expect(durable.ran().filter((line) => line.endsWith(' a'))).toEqual(['1 a']);
  });
});
