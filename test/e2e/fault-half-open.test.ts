// A connection that is half open, for less than it takes to notice that: nothing comes through, and nobody closes it. What
// happens when it is noticed is in broken-connection.test.ts, and for every act in fault-network-cut.test.ts.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOLDING, untilHeld, untilWaiting } from '../helpers/locks.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { type Program, run, start } from '../helpers/program.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite([], '', { jetStream: true });
let proxy: TestProxy;
let network: TestNetwork;
/** reaches the server through the proxy */
let behind: TestNode;
let direct: TestNode;

beforeAll(async () => {
  proxy = await startProxy(site.server.port);
  const hosts = [{ destination: 'com.crypto.us.left', servers: [proxy.url] }, { destination: 'com.crypto.us.right' }];
  network = createNetwork(site.server.url, hosts);
  [behind, direct] = network.nodes as [TestNode, TestNode];
});

afterAll(async () => {
  network[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
});

describe('a connection that is half open', () => {
  it('costs a holder its lock: its command is gone before the next one’s begins, and it exits 3', async () => {
    const holder = await untilHeld(start(behind.config, ['lock', 'half', '--ttl', '4s', '--', ...HOLDING]));
    const look = ['sh', '-c', `echo "state $(ps -o state= -p ${holder.pid})"; echo $REMAPHORE_FENCE`];
    const next: Program = start(direct.config, ['lock', 'half', '-t', '45s', '--', ...look]);
    await untilWaiting(direct, 'half', 1);
    proxy.freeze();
    const { exitCode, stdout } = await next.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^state (?:Z|)\n\d+\n$/) });
    expect(Number(stdout.split('\n')[1])).toBeGreaterThan(holder.fence);
    const ended = await holder.program.finished;
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toContain('lock half is lost, the command is being ended: the broker has not confirmed it');
  });

  it.each([
    ['-s', ['-s', '-t', '3s']],
    ['-s --keep', ['-s', '--keep', '-t', '3s']],
    ['-r', ['-r', '-D', 'com.crypto.us.right', '-t', '3s']],
    ['a lock', ['lock', 'other', '-t', '3s', '--', 'true']],
    ['a barrier', ['barrier', 'other', '--parties', '2', '-t', '3s']],
  ])('from the first word that matters on makes %s exit 3: the server has not confirmed it', async (_, words) => {
    expect((await run(direct.config, ['history', 'create'])).exitCode).toBe(0);
    let isFrozen = false;
    proxy.fromClient = (chunk) => {
      isFrozen ||= chunk.includes('PUB remaphore.') || chunk.includes('CONSUMER.CREATE');
      return isFrozen ? undefined : chunk;
    };
    const { exitCode, stdout } = await run(behind.config, words);
    proxy.fromClient = (chunk) => chunk;
    expect({ isFrozen, exitCode, stdout }).toEqual({ isFrozen: true, exitCode: 3, stdout: '' });
  });
});
