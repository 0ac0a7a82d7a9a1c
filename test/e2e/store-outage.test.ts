// A server that is killed and comes back while its streams are used.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivered } from '../../src/transport/store.ts';
import { rejectionOf } from '../helpers/failures.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { numbered, type OpenStore, openStore, streamSettings, take } from '../helpers/store.ts';

let server: TestServer;
let open: OpenStore;

beforeEach(async () => {
  server = await startServer('', { jetStream: true });
  open = await openStore(server.url);
  await open.store.create(streamSettings('s'));
});

afterEach(async () => {
  await open[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function append(texts: string[]): Promise<void> {
  for (const id of texts) await open.store.append('s.a', Buffer.from(id), { stream: 's', id });
}

async function restart(): Promise<void> {
  await server.stop();
  await server.start();
}

describe('while a server is killed and comes back', () => {
  it('what is appended with an id is stored, in order and once', async () => {
    const texts = numbered('m', 600);
    const appending = append(texts);
    for (const seq of [100, 300, 500]) {
      await expect.poll(async () => (await open.store.info('s'))?.lastSeq, { interval: 5 }).toBeGreaterThan(seq);
      await restart();
    }
    await appending;
    const reader = await open.store.read('s', undefined, { seq: 1 });
    expect(reader.pending).toBe(600);
    expect(await take(reader[Symbol.asyncIterator](), 600)).toEqual(texts);
    reader.close();
  });

  it('a reader gets each message once, in order', async () => {
    const texts = numbered('m', 5000);
    await Promise.all(texts.map((each) => open.store.append('s.a', Buffer.from(each), { stream: 's' })));
    const stored = await open.store.read('s', 's.a', { storedMs: 1 });
    const iterator = stored[Symbol.asyncIterator]();
    const read = await take(iterator, 500);
    await restart();
    read.push(...(await take(iterator, 2500)));
    await restart();
    read.push(...(await take(iterator, 2000)));
    expect(read).toEqual(texts);
    const waiting = take(iterator, 2);
    await restart();
    await append(['x', 'y']);
    expect(await waiting).toEqual(['x', 'y']);
    stored.close();
  });

  it('a durable consumer delivers all, and a word on what it delivered is heard', async () => {
    await append(numbered('m', 20));
    const settings = { name: 'workers', subject: 's.a', from: { seq: 1 }, ackWaitMs: 2000 };
    const reader = await open.store.consume('s', settings);
    const done = new Set<number>();
    for await (const delivered of reader) {
      const isFirst = !done.has(delivered.seq);
      const isKilled = isFirst && [5, 12].includes(delivered.seq);
      if (isKilled) await server.stop();
      const saying = delivered.done();
      if (isKilled) await server.start();
      await saying;
      done.add(delivered.seq);
      if (done.size === 20) break;
    }
    expect(done.size).toBe(20);
    const iterator = (await open.store.consume('s', settings))[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await restart();
    await append(['last']);
    // A server that is killed may forget what it was told in its last moments, and deliver again.
    let delivered = (await waiting).value as Delivered;
    while (delivered.seq !== 21) {
      await delivered.done();
      delivered = (await iterator.next()).value;
    }
  });

  it('calls wait, until they are aborted', async () => {
    await server.stop();
    const { store } = open;
    const calls = [
      store.info('s'),
      store.create(streamSettings('t')),
      store.update(streamSettings('s', { maxAgeMs: 60_000 })),
      store.get('s', 1),
      store.read('s', undefined, { seq: 1 }),
      store.consume('s', { name: 'c', subject: 's.a', from: undefined, ackWaitMs: 1000 }),
      store.consumers('s'),
    ];
    const reason = new Error('enough');
    const aborted = [
      rejectionOf(store.info('s', AbortSignal.abort(reason))),
      rejectionOf(store.append('s.a', Buffer.from('x'), { stream: 's', signal: abortSoon(reason) })),
      rejectionOf(store.read('s', undefined, { seq: 1 }, abortSoon(reason))),
    ];
    expect(await Promise.all(aborted)).toEqual([reason, reason, reason]);
    await server.start();
    const outcomes = await Promise.all(calls);
    expect(outcomes[0]).toMatchObject({ name: 's', messages: 0 });
    expect(outcomes[3]).toBeUndefined();
  });

  it('a store can be opened', async () => {
    await server.stop();
    const opening = open.transport.openStore();
    await server.start();
    expect(await (await opening).info('s')).toMatchObject({ name: 's' });
  });
});

function abortSoon(reason: Error): AbortSignal {
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  return controller.signal;
}
