// Durable listeners, and brokers that are killed.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'nats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCluster } from '../helpers/cluster.ts';
import { type DurableChannel, openDurableChannel } from '../helpers/durable.ts';
import { forgeMessage } from '../helpers/forge.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { until } from '../helpers/processes.ts';
import { type Program, run, startReady } from '../helpers/program.ts';
import { createScripts } from '../helpers/scripts.ts';

const site = openKeptSite();

/** Whether anything of what was dealt with is delivered to the next listener. */
async function endsWith(durable: DurableChannel, listener: Program, script: string): Promise<string[]> {
  await durable.end(listener);
  const next = await durable.listen(['--durable', 'work', '-o', script]);
  await durable.send('end');
  expect((await next.finished).exitCode).toBe(0);
  return durable.ran();
}

describe('the broker, killed and started again', () => {
  it('while a script runs: it is run once, and what comes after it as well', async () => {
    const durable = await openDurableChannel(site);
    const [up, go] = ['up', 'go'].map((name) => join(durable.scripts.path, name)) as [string, string];
    const script = durable.script(`touch ${up}; until [ -e ${go} ]; do sleep 0.05; done`);
    const listener = await durable.listen(['--durable', 'work', script]);
    await durable.send('a');
    await until('the script is up', () => existsSync(up));
    await site.server.stop('SIGKILL');
    await listener.said('connection to the server lost');
    await site.server.start();
    await listener.said('connected to a server again');
    writeFileSync(go, '');
    await durable.send('b');
    await durable.untilRan(2);
    expect(await endsWith(durable, listener, script)).toEqual(['1 a', '1 b', '1 end']);
  });

  it('while a script ends: its end is told to the one that is started again', async () => {
    const durable = await openDurableChannel(site);
    const script = durable.script(`[ "$2" != a ] || kill -9 ${site.server.pid}`);
    const listener = await durable.listen(['--durable', 'work', script]);
    await durable.send('a');
    await listener.said('connection to the server lost');
    await site.server.start();
    await listener.said('connected to a server again');
    await durable.send('b');
    await durable.untilRan(2);
    expect(await endsWith(durable, listener, script)).toEqual(['1 a', '1 b', '1 end']);
  });

  it('while the last try ends: it is set aside all the same', async () => {
    const durable = await openDurableChannel(site);
    const script = durable.script(`[ "$2" != doomed ] || { kill -9 ${site.server.pid}; exit 3; }`);
    const listener = await durable.listen(['--durable', 'work', '--retries', '0', script]);
    await durable.send('doomed');
    await listener.said('connection to the server lost');
    await site.server.start();
    await listener.said('set aside; to run it again');
    const { stdout } = await run(site.left.config, ['history', '--failed']);
    expect(stdout).toMatch(/exit 3 after 1 try, set aside \S+ +doomed$/m);
    expect(await endsWith(durable, listener, script)).toEqual(['1 doomed', '1 end']);
  });

  it('while a message waits to be tried again: it is tried again', async () => {
    const durable = await openDurableChannel(site);
    const script = durable.script('[ "$2" != a ] || [ $REMAPHORE_ATTEMPT = 2 ]');
    const listener = await durable.listen(['--durable', 'work', script]);
    await durable.send('a');
    await listener.said('again in 1 s');
    await site.server.stop('SIGKILL');
    await site.server.start();
    await durable.untilRan(2);
    expect(await endsWith(durable, listener, script)).toEqual(['1 a', '2 a', '1 end']);
  });

  it('while nothing is there to be done: what comes is dealt with', async () => {
    const durable = await openDurableChannel(site);
    const script = durable.script();
    const listener = await durable.listen(['--durable', 'work', script]);
    for (const payload of ['a', 'b']) {
      await site.server.stop('SIGKILL');
      await site.server.start();
      await durable.send(payload);
      await until(`${payload} was run`, () => durable.ran().includes(`1 ${payload}`));
    }
    expect(await endsWith(durable, listener, script)).toEqual(['1 a', '1 b', '1 end']);
  });
});

it('a listener that is killed between its script’s end and saying so runs it again', async () => {
  const durable = await openDurableChannel(site);
  const script = durable.script('[ "$REMAPHORE_ATTEMPT" != 1 ] || kill -9 $PPID');
  const first = await durable.listen(['--durable', 'work', script]);
  await durable.send('a');
  expect((await first.finished).exitCode).toBe(137);
  const second = await durable.listen(['--durable', 'work', '-o', script]);
  expect((await second.finished).exitCode).toBe(0);
  expect(durable.ran()).toEqual(['1 a', '2 a']);
});

it('nothing is lost when the leader of three is killed while messages are dealt with', async () => {
  await using cluster = await startCluster();
  const network = createNetwork(cluster.urls, ['com.crypto.us.left', 'com.crypto.us.right']);
  onTestFinished(() => network[Symbol.dispose]());
  using scripts = createScripts();
  const [left, right] = network.nodes as [TestNode, TestNode];
  expect(await run(left.config, ['history', 'create', '--replicas', '3', '-t', '30s'])).toMatchObject({ exitCode: 0 });
  const script = scripts.write('note', `echo $2 >>${scripts.path}/ran; sleep 0.02`);
  const listeners = await Promise.all(
    [1, 2].map(() => startReady(right.config, ['--durable', 'work', '-t', '45s', script])),
  );
  onTestFinished(() => {
    for (const listener of listeners) listener.kill('SIGKILL');
  });
  const leader = await cluster.leader('remaphore-history');
  const others = cluster.servers.filter((server) => server !== leader);
  const wanted = Array.from({ length: 100 }, (_, i) => `m${i}`);
  const client = await connect({ servers: others[0]?.url ?? '' });
  for (const payload of wanted) client.publish('remaphore.all', forgeMessage(left.keys, { payload, quick: true }));
  await client.flush();
  await client.close();
  await until('some were run', () => scripts.lines('ran').length >= 10);
  await leader.kill();
  await until('all were run', () => new Set(scripts.lines('ran')).size === wanted.length);
  // At least once each: what was being said when the leader died may be delivered again.
  expect(scripts.lines('ran').length).toBeLessThan(wanted.length + 20);
}, 90_000);
