// Streams on three servers, of which one or another is lost.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClusterServer, startCluster, type TestCluster } from '../helpers/cluster.ts';
import { rejectionOf, transportError } from '../helpers/failures.ts';
import { numbered, type OpenStore, openStore, streamSettings, take, takeAll } from '../helpers/store.ts';

let cluster: TestCluster;
let open: OpenStore;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(() => cluster[Symbol.asyncDispose]());

beforeEach(async () => {
  await cluster.ready();
  open = await openStore(cluster.urls);
  await open.store.create(streamSettings('s', { replicas: 3 }));
  await cluster.settled('s');
});

afterEach(async () => {
  await open.store.remove('s');
  await open[Symbol.asyncDispose]();
});

/** Connects to another server than one. */
async function openBeside(server: ClusterServer): Promise<OpenStore> {
  return openStore(cluster.urls.filter((url) => url !== server.url));
}

async function append({ store }: OpenStore, texts: string[]): Promise<void> {
  for (const id of texts) await store.append('s.a', Buffer.from(id), { stream: 's', id });
}

async function readAll({ store }: OpenStore): Promise<string[]> {
  return takeAll(await store.read('s', 's.a', { seq: 1 }));
}

describe('a stream on three servers', () => {
  it('has the replicas that were asked for, and not more than there are servers', async () => {
    expect(await open.store.info('s')).toMatchObject({ replicas: 3 });
    const five = open.store.create(streamSettings('five', { replicas: 5 }));
    expect(await rejectionOf(five)).toEqual(transportError('too-few-brokers', /^stream five: the server says: /));
  });

  it('is appended to and read while its leader is killed, each message once', async () => {
    const leader = await cluster.leader('s');
    await using beside = await openBeside(leader);
    const reader = await beside.store.read('s', 's.a', { seq: 1 });
    const reading = take(reader[Symbol.asyncIterator](), 400);
    const texts = numbered('m', 400);
    const appending = append(beside, texts);
    await expect.poll(async () => (await beside.store.info('s'))?.lastSeq).toBeGreaterThan(50);
    await leader.kill();
    await appending;
    expect(await reading).toEqual(texts);
    reader.close();
    expect(await readAll(beside)).toEqual(texts);
    await leader.start();
    await cluster.settled('s');
  });

  it('is used on through another server when one’s own is killed', async () => {
    const own = cluster.servers[0] as ClusterServer;
    const reader = await open.store.read('s', 's.a', { seq: 1 });
    const reading = take(reader[Symbol.asyncIterator](), 200);
    const texts = numbered('m', 200);
    const appending = append(open, texts);
    await expect.poll(async () => (await open.store.info('s'))?.lastSeq).toBeGreaterThan(50);
    await own.kill();
    await appending;
    expect(await reading).toEqual(texts);
    reader.close();
    await own.start();
    await cluster.settled('s');
  });

  it('is appended to while its leader hangs, which comes back without harm', async () => {
    const leader = await cluster.leader('s');
    await using beside = await openBeside(leader);
    await append(beside, numbered('m', 20));
    leader.pause();
    await append(beside, numbered('m', 20, 20));
    leader.resume();
    await cluster.settled('s');
    expect(await readAll(beside)).toEqual(numbered('m', 40));
  });

  it('waits without a majority, and goes on with one', async () => {
    const [first, second] = cluster.servers as [ClusterServer, ClusterServer];
    await using last = await openStore(cluster.servers.slice(2).map(({ url }) => url));
    await append(last, ['before']);
    await first.kill();
    await second.kill();
    const appending = append(last, ['after']);
    const reason = new Error('enough');
    const limited = last.store.append('s.a', Buffer.from('x'), {
      stream: 's',
      id: 'limited',
      signal: abortWith(reason, 1000),
    });
    expect(await rejectionOf(limited)).toBe(reason);
    await Promise.all([first.start(), second.start()]);
    await appending;
    const texts = await readAll(last);
    // What was given up can have been stored; what was answered has been.
    expect(texts.filter((text) => text !== 'x')).toEqual(['before', 'after']);
    await cluster.settled('s');
  });

  it('is consumed on when the leader is killed, and nothing of it is lost', async () => {
    await append(open, numbered('m', 40));
    const leader = await cluster.leader('s');
    await using beside = await openBeside(leader);
    const settings = { name: 'workers', subject: 's.a', from: { seq: 1 }, ackWaitMs: 3000 };
    const done = new Set<number>();
    for await (const delivered of await beside.store.consume('s', settings)) {
      if (delivered.seq === 15 && delivered.attempt === 1) await leader.kill();
      await delivered.done();
      done.add(delivered.seq);
      if (done.size === 40) break;
    }
    expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(await beside.store.consumers('s')).toEqual(['workers']);
    await leader.start();
    await cluster.settled('s');
  });
});

function abortWith(reason: Error, afterMs: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), afterMs);
  return controller.signal;
}
