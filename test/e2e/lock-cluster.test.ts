// Locks and barriers on three brokers that keep the stream together.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamName } from '../../src/protocol/streams.ts';
import { startCluster, type TestCluster } from '../helpers/cluster.ts';
import { hold, isRunning, listLocks, untilWaiting } from '../helpers/locks.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { run, start } from '../helpers/program.ts';
import { openStore } from '../helpers/store.ts';

const STREAM = streamName('remaphore', 'coordination');

let cluster: TestCluster;
let network: TestNetwork;
let nodes: TestNode[];

beforeAll(async () => {
  cluster = await startCluster();
  network = createNetwork(cluster.urls, ['com.crypto.us.left', 'com.crypto.us.right', 'com.crypto.us.web']);
  nodes = network.nodes;
});

afterAll(async () => {
  network[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
});

describe('the stream of locks and barriers', () => {
  it('is made on first use, by several at once, on three brokers, and nothing in it can be deleted', async () => {
    const all = nodes.flatMap((node) => [
      run(node.config, ['lock', 'first', 'true']),
      run(node.config, ['barrier', 'first', '--parties', '3', '-t', '30s']),
    ]);
    expect((await Promise.all(all)).map(({ exitCode }) => exitCode)).toEqual(Array(6).fill(0));
    await using open = await openStore(cluster.urls);
    expect(await open.store.info(STREAM)).toMatchObject({ replicas: 3, appendOnly: true, maxAgeMs: 0 });
  });
});

describe('a lock that is held and waited for', () => {
  it('stays so when the broker that leads the stream is killed', async () => {
    const [left, right] = nodes as [TestNode, TestNode];
    const holder = await hold(left, 'leader', ['--ttl', '60s']);
    const waiter = start(right.config, ['lock', 'leader', '--ttl', '60s', '--', 'sh', '-c', 'echo $REMAPHORE_FENCE']);
    await untilWaiting(left, 'leader', 1);
    const leader = await cluster.leader(STREAM);
    await leader.kill();
    await cluster.leader(STREAM);
    // A new leader may still have to catch up with what it leads.
    const list = async () => (await listLocks(right, '-t', '30s')).find(({ name }) => name === 'leader');
    await expect.poll(list, { timeout: 40_000 }).toMatchObject({
      holders: [{ destination: 'com.crypto.us.left', fence: holder.fence }],
      waiting: [{ destination: 'com.crypto.us.right' }],
    });
    expect(isRunning(holder.pid)).toBe(true);
    await holder.letGo();
    const { exitCode, stdout } = await waiter.finished;
    await leader.start();
    expect(exitCode).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(holder.fence);
  });

  it('is lost when only one broker of three is left, which cannot store anything', async () => {
    const [left] = nodes as [TestNode];
    await cluster.settled(STREAM);
    const holder = await hold(left, 'minority', ['--ttl', '4s']);
    const leader = await cluster.leader(STREAM);
    const others = cluster.servers.filter((server) => server !== leader);
    await Promise.all(others.map((server) => server.kill()));
    expect((await holder.program.finished).exitCode).toBe(3);
    expect(isRunning(holder.pid)).toBe(false);
    await Promise.all(others.map((server) => server.start()));
  });
});
