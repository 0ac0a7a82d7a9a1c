// Durable consumers of one server.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivered, DurableReader, DurableSettings, Store } from '../../src/transport/store.ts';
import { rejectionOf, transportError } from '../helpers/failures.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { numbered, type OpenStore, openStore, streamSettings } from '../helpers/store.ts';
import { connectRaw } from '../helpers/wire.ts';

let server: TestServer;
let open: OpenStore;
let store: Store;

beforeAll(async () => {
  server = await startServer('', { jetStream: true });
  open = await openStore(server.url);
  store = open.store;
});

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** A stream with messages m0 and so on. */
async function fill(stream: string, count: number): Promise<void> {
  await store.create(streamSettings(stream));
  await append(stream, numbered('m', count));
}

async function append(stream: string, texts: string[]): Promise<void> {
  for (const text of texts) await store.append(`${stream}.a`, Buffer.from(text), { stream });
}

function consume(stream: string, changes: Partial<DurableSettings> = {}, signal?: AbortSignal): Promise<DurableReader> {
  const settings = { name: 'workers', subject: `${stream}.a`, from: { seq: 1 }, ackWaitMs: 30_000, ...changes };
  return store.consume(stream, settings, signal);
}

async function next(iterator: AsyncIterator<Delivered>): Promise<Delivered> {
  const { value, done } = await iterator.next();
  if (done) throw new Error('it ended');
  return value;
}

function text({ data }: { data: Uint8Array }): string {
  return Buffer.from(data).toString();
}

describe('a durable consumer', () => {
  it('delivers what is not done yet to whoever joins it', async () => {
    await fill('joined', 3);
    const first = await consume('joined');
    const iterator = first[Symbol.asyncIterator]();
    const one = await next(iterator);
    expect([text(one), one.seq, one.attempt, one.subject]).toEqual(['m0', 1, 1, 'joined.a']);
    expect(one.storedMs).toBe((await store.get('joined', 1))?.storedMs);
    await one.done();
    first.close();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });

    // What it is made with does not count any more.
    const second = await consume('joined', { from: undefined, ackWaitMs: 1000 });
    expect(text(await next(second[Symbol.asyncIterator]()))).toBe('m1');
    second.close();
    expect(await store.consumers('joined')).toEqual(['workers']);
  });

  it('starts with what comes when nothing else is said, or at a place, or at a time', async () => {
    await fill('started', 3);
    const at = (await store.get('started', 3))?.storedMs as number;
    const readers = [
      await consume('started', { name: 'new', from: undefined }),
      await consume('started', { name: 'place', from: { seq: 2 } }),
      await consume('started', { name: 'time', from: { storedMs: at - 60_000 } }),
    ];
    await append('started', ['m3']);
    const firsts = await Promise.all(readers.map((reader) => next(reader[Symbol.asyncIterator]())));
    expect(firsts.map(text)).toEqual(['m3', 'm1', 'm0']);
    for (const reader of readers) reader.close();
    expect((await store.consumers('started')).sort()).toEqual(['new', 'place', 'time']);
  });

  it('delivers again after the time that was said, and counts', async () => {
    await fill('again', 1);
    const reader = await consume('again');
    const iterator = reader[Symbol.asyncIterator]();
    const first = await next(iterator);
    const said = performance.now();
    await first.again(300);
    const second = await next(iterator);
    expect(performance.now() - said).toBeGreaterThan(290);
    expect([text(second), second.attempt]).toEqual(['m0', 2]);
    await second.again(0);
    const third = await next(iterator);
    expect(third.attempt).toBe(3);
    await third.done();
    await append('again', ['last']);
    expect(text(await next(iterator))).toBe('last');
    reader.close();
  });

  it('delivers again what nothing is said of, but not what is kept', async () => {
    await fill('kept', 2);
    const reader = await consume('kept', { ackWaitMs: 600 });
    const iterator = reader[Symbol.asyncIterator]();
    const kept = await next(iterator);
    const release = kept.keep();
    const silent = await next(iterator);
    const deliveries = [await next(iterator), await next(iterator)];
    expect(deliveries.map((each) => [text(each), each.attempt])).toEqual([
      [text(silent), 2],
      [text(silent), 3],
    ]);
    release();
    const released = await next(iterator);
    const both = [text(released), text(await next(iterator))].sort();
    expect(both).toEqual(['m0', 'm1']);
    reader.close();
  });

  it('gives each message to one of those who share it, and none to one that is busy', async () => {
    await fill('shared', 20);
    const busy = await consume('shared');
    const first = await next(busy[Symbol.asyncIterator]());
    await using other = await openStore(server.url);
    const settings = { name: 'workers', subject: 'shared.a', from: undefined, ackWaitMs: 30_000 };
    const reader = await other.store.consume('shared', settings);
    const iterator = reader[Symbol.asyncIterator]();
    const taken: string[] = [];
    while (taken.length < 19) {
      const delivered = await next(iterator);
      taken.push(text(delivered));
      await delivered.done();
    }
    expect(taken).toEqual(numbered('m', 20).filter((each) => each !== text(first)));
    await first.done();
    busy.close();
    reader.close();
  });

  it('does not stop at many that wait to be tried again', async () => {
    await fill('many', 1100);
    const reader = await consume('many');
    const iterator = reader[Symbol.asyncIterator]();
    for (let i = 0; i < 1100; i++) void (await next(iterator)).again(60_000).catch(() => {});
    await append('many', ['last']);
    expect(text(await next(iterator))).toBe('last');
    reader.close();
  });

  it('takes a word on a message after the reading has ended', async () => {
    await fill('late', 2);
    const controller = new AbortController();
    const reader = await consume('late', {}, controller.signal);
    const iterator = reader[Symbol.asyncIterator]();
    const first = await next(iterator);
    const waiting = rejectionOf(iterator.next().then(() => iterator.next()));
    controller.abort(new Error('enough'));
    expect(await waiting).toEqual(new Error('enough'));
    await first.done();
    const again = await consume('late');
    expect(text(await next(again[Symbol.asyncIterator]()))).toBe('m1');
    again.close();
  });

  it('throws when it is deleted by somebody, and so does a word on what it delivered', async () => {
    await fill('deleted', 1);
    const reader = await consume('deleted');
    const iterator = reader[Symbol.asyncIterator]();
    const delivered = await next(iterator);
    const waiting = rejectionOf(iterator.next());
    const raw = await connectRaw(server.url);
    await raw.request('$JS.API.CONSUMER.DELETE.deleted.workers', '');
    await raw.close();
    expect(await waiting).toEqual(transportError('no-stream', /^stream deleted: the server says: consumer not found/));
    expect(await rejectionOf(delivered.done())).toEqual(transportError('no-stream', /^message 1: /));
  });

  it('is made once by several at the same time', async () => {
    await fill('made', 1);
    const readers = await Promise.all([1, 2, 3].map((i) => consume('made', { from: { storedMs: i } })));
    for (const reader of readers) reader.close();
    expect(await store.consumers('made')).toEqual(['workers']);
  });
});
