// The streams of one server, call by call.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/transport/store.ts';
import { rejectionOf, transportError } from '../helpers/failures.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import {
  connectTransport,
  numbered,
  type OpenStore,
  openStore,
  streamSettings,
  take,
  takeAll,
} from '../helpers/store.ts';
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

async function append(stream: string, texts: string[], subject = `${stream}.a`): Promise<number[]> {
  const seqs: number[] = [];
  for (const text of texts) seqs.push((await store.append(subject, Buffer.from(text), { stream })).seq);
  return seqs;
}

describe('a stream', () => {
  it('is made as it is put, and is then known', async () => {
    const settings = streamSettings('made', { maxAgeMs: 60_000, maxBytes: 1_000_000, description: 'what it is' });
    const made = await store.create(settings);
    expect(made).toEqual({
      ...settings,
      firstSeq: 0,
      lastSeq: 0,
      messages: 0,
      bytes: 0,
      firstMs: undefined,
      lastMs: undefined,
    });
    expect(await store.info('made')).toEqual(made);
    expect(await store.info('other')).toBeUndefined();
  });

  it('tells what is in it', async () => {
    await store.create(streamSettings('state'));
    const before = Date.now();
    await append('state', ['one', 'two']);
    const facts = await store.info('state');
    expect(facts).toMatchObject({ firstSeq: 1, lastSeq: 2, messages: 2 });
    expect(facts?.bytes).toBeGreaterThan(6);
    expect(facts?.firstMs).toBeGreaterThanOrEqual(before);
    expect(facts?.lastMs).toBeGreaterThanOrEqual(facts?.firstMs as number);
    expect(facts?.lastMs).toBeLessThanOrEqual(Date.now());
  });

  it('can be made again just like it, and by several at once', async () => {
    const settings = streamSettings('twice', { appendOnly: true });
    const made = await Promise.all([1, 2, 3].map(() => store.create(settings)));
    expect(made.map(({ name, appendOnly }) => [name, appendOnly])).toEqual(Array(3).fill(['twice', true]));
    expect(await store.create(settings)).toMatchObject({ name: 'twice' });
  });

  it('cannot be made where there is another, of its name or with its subjects', async () => {
    await store.create(streamSettings('first'));
    const other = store.create(streamSettings('first', { maxAgeMs: 1000 }));
    expect(await rejectionOf(other)).toEqual(transportError('conflict', /^stream first: the server says: /));
    const overlapping = store.create(streamSettings('second', { subjects: ['first.x'] }));
    expect(await rejectionOf(overlapping)).toEqual(transportError('conflict', /^stream second: /));
  });

  it('cannot have replicas on a server without others', async () => {
    const made = store.create(streamSettings('replicated', { replicas: 3 }));
    expect(await rejectionOf(made)).toEqual(transportError('too-few-brokers', /^stream replicated: /));
  });

  it('can be changed, and keeps what is in it', async () => {
    await store.create(streamSettings('changed', { maxAgeMs: 60_000 }));
    await append('changed', ['one']);
    const subjects = ['changed.>', 'more.a'];
    const changed = await store.update(streamSettings('changed', { subjects, maxAgeMs: 3_600_000 }));
    expect(changed).toMatchObject({ subjects, maxAgeMs: 3_600_000, messages: 1 });
    const missing = store.update(streamSettings('nowhere'));
    expect(await rejectionOf(missing)).toEqual(transportError('no-stream', /^stream nowhere: /));
  });

  it('is deleted, once', async () => {
    await store.create(streamSettings('deleted'));
    expect(await store.remove('deleted')).toBe(true);
    expect(await store.remove('deleted')).toBe(false);
    expect(await store.info('deleted')).toBeUndefined();
  });

  it('that is append-only lets nobody delete a message or purge it', async () => {
    await store.create(streamSettings('kept', { appendOnly: true }));
    await append('kept', ['one']);
    const raw = await connectRaw(server.url);
    const answers = [
      await raw.request('$JS.API.STREAM.MSG.DELETE.kept', JSON.stringify({ seq: 1 })),
      await raw.request('$JS.API.STREAM.PURGE.kept', ''),
    ];
    await raw.close();
    for (const answer of answers) expect(answer.json()).toHaveProperty('error');
    expect(await store.get('kept', 1)).toMatchObject({ seq: 1, subject: 'kept.a' });
  });
});

describe('appending', () => {
  it('tells the place, which grows by one', async () => {
    await store.create(streamSettings('places'));
    expect(await append('places', ['one', 'two', 'three'])).toEqual([1, 2, 3]);
  });

  it('stores once what has the same id, whatever else it is', async () => {
    await store.create(streamSettings('ids'));
    const put = (text: string, id?: string) => store.append('ids.a', Buffer.from(text), { stream: 'ids', id });
    expect(await put('one', 'x')).toEqual({ seq: 1, duplicate: false });
    expect(await put('one', 'x')).toEqual({ seq: 1, duplicate: true });
    expect(await put('two', 'x')).toEqual({ seq: 1, duplicate: true });
    expect(await put('one', 'y')).toEqual({ seq: 2, duplicate: false });
    expect(await put('one')).toEqual({ seq: 3, duplicate: false });
    expect(await put('one')).toEqual({ seq: 4, duplicate: false });
  });

  it('takes a message of the size that the server takes, which is read whole', async () => {
    await store.create(streamSettings('large'));
    // Headers count too.
    const data = Buffer.alloc(open.transport.maxPayloadBytes - 200, 'large ');
    const { seq } = await store.append('large.a', data, { stream: 'large', id: 'x' });
    expect(Buffer.compare((await store.get('large', seq))?.data as Buffer, data)).toBe(0);
    const reader = await store.read('large', undefined, { seq: 1 });
    expect((await takeAll(reader))[0] === data.toString()).toBe(true);
  });

  it('is refused where no stream holds the subject, and where another does', async () => {
    await store.create(streamSettings('holding'));
    const put = (subject: string, stream: string) => rejectionOf(store.append(subject, Buffer.from('x'), { stream }));
    const text = /^stream holding does not hold what is published on elsewhere.a$/;
    expect(await put('elsewhere.a', 'holding')).toEqual(transportError('no-stream', text));
    expect(await put('elsewhere.a', 'nothing')).toEqual(transportError('no-stream', /^stream nothing: /));
    expect(await put('holding.a', 'nothing')).toEqual(transportError('no-stream', /^stream nothing: /));
    expect((await store.info('holding'))?.messages).toBe(0);
  });

  it('waits for no answer of somebody who listens on the subject', async () => {
    await store.create(streamSettings('answered'));
    const raw = await connectRaw(server.url);
    raw.subscribe('answered.a', { callback: (_, message) => void message.respond('not an answer of the server') });
    await raw.flush();
    const signal = AbortSignal.timeout(20_000);
    const { seq } = await store.append('answered.a', Buffer.from('x'), { stream: 'answered', id: 'x', signal });
    await raw.close();
    expect(seq).toBe(1);
    expect((await store.info('answered'))?.messages).toBe(1);
  });
});

describe('one message', () => {
  it('is got by its place; there is none at others', async () => {
    await store.create(streamSettings('got'));
    await append('got', ['one', 'two']);
    const reader = await store.read('got', undefined, { seq: 2 });
    const { value } = await reader[Symbol.asyncIterator]().next();
    reader.close();
    const { pending, ...read } = value;
    const got = await store.get('got', 2);
    // To the millisecond: who reads must come to the same as who gets.
    expect({ ...got, data: Buffer.from(got?.data ?? []) }).toEqual({ ...read, data: Buffer.from(read.data) });
    expect(pending).toBe(0);
    expect(await store.get('got', 3)).toBeUndefined();
    expect(await rejectionOf(store.get('nothing', 1))).toEqual(transportError('no-stream', /^stream nothing: /));
  });
});

describe('reading', () => {
  it('gives what there is from a place on, and says how much that was', async () => {
    await store.create(streamSettings('read'));
    await append('read', numbered('m', 10));
    const reader = await store.read('read', undefined, { seq: 4 });
    expect(reader.pending).toBe(7);
    expect(await takeAll(reader)).toEqual(numbered('m', 7, 3));
    const behind = await store.read('read', undefined, { seq: 11 });
    expect(behind.pending).toBe(0);
    behind.close();
    const all = await store.read('read', undefined, { seq: 0 });
    expect(all.pending).toBe(10);
    all.close();
  });

  it('gives one subject’s alone if asked', async () => {
    await store.create(streamSettings('subjects'));
    await append('subjects', ['a0'], 'subjects.a');
    await append('subjects', ['b0', 'b1'], 'subjects.b');
    await append('subjects', ['a1'], 'subjects.a');
    const reader = await store.read('subjects', 'subjects.b', { seq: 1 });
    expect(reader.pending).toBe(2);
    expect(await takeAll(reader)).toEqual(['b0', 'b1']);
  });

  it('gives what was stored from a time on', async () => {
    await store.create(streamSettings('times'));
    await append('times', ['one']);
    const first = (await store.info('times'))?.lastMs as number;
    while (Date.now() <= first + 1) await new Promise((resolve) => setImmediate(resolve));
    await append('times', ['two', 'three']);
    const second = await store.get('times', 2);
    const from = async (storedMs: number) => takeAll(await store.read('times', 'times.a', { storedMs }));
    expect(await from(second?.storedMs as number)).toEqual(['two', 'three']);
    expect(await from(0)).toEqual(['one', 'two', 'three']);
    expect(await from(Date.now() + 60_000)).toEqual([]);
  });

  it('goes on with what comes, and counts what is behind', async () => {
    await store.create(streamSettings('live'));
    await append('live', ['m0', 'm1']);
    const reader = await store.read('live', 'live.a', { seq: 1 });
    const iterator = reader[Symbol.asyncIterator]();
    const pending = [(await iterator.next()).value.pending, (await iterator.next()).value.pending];
    expect(pending).toEqual([1, 0]);
    const next = take(iterator, 2);
    await append('live', ['m2', 'm3']);
    expect(await next).toEqual(['m2', 'm3']);
    reader.close();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('ends while it waits when it is closed, and throws the reason when it is aborted', async () => {
    await store.create(streamSettings('ended'));
    const closed = await store.read('ended', undefined, { seq: 1 });
    const closing = closed[Symbol.asyncIterator]().next();
    closed.close();
    expect(await closing).toEqual({ done: true, value: undefined });

    const controller = new AbortController();
    const aborted = await store.read('ended', undefined, { seq: 1 }, controller.signal);
    const aborting = rejectionOf(aborted[Symbol.asyncIterator]().next());
    controller.abort(new Error('enough'));
    expect(await aborting).toEqual(new Error('enough'));
  });

  it('throws when the stream is deleted under it, or is not there', async () => {
    await store.create(streamSettings('gone'));
    const reader = await store.read('gone', undefined, { seq: 1 });
    const next = rejectionOf(reader[Symbol.asyncIterator]().next());
    await store.remove('gone');
    expect(await next).toEqual(transportError('no-stream', /^stream gone: /));
    expect(await rejectionOf(store.read('gone', undefined, { seq: 1 }))).toEqual(transportError('no-stream'));
  });

  it('leaves no consumer behind', async () => {
    await store.create(streamSettings('tidy'));
    await append('tidy', ['one']);
    await takeAll(await store.read('tidy', undefined, { seq: 1 }));
    const raw = await connectRaw(server.url);
    await expect
      .poll(async () => (await raw.request('$JS.API.CONSUMER.NAMES.tidy', '')).json<{ total: number }>().total)
      .toBe(0);
    await raw.close();
  });
});

describe('a server that keeps no streams', () => {
  it('is told from one that does', async () => {
    await using plain = await startServer();
    const transport = await connectTransport(plain.url);
    expect(await rejectionOf(transport.openStore())).toEqual(
      transportError('no-store', /^the server keeps no streams for this account \(JetStream is not enabled\)$/),
    );
    // The connection is as good as before.
    await transport.publish('x', Buffer.from('x'));
    await transport.close();
  });

  it('may keep them for other accounts', async () => {
    const accounts = 'accounts { plain { users: [{ user: u, password: p }] } }, no_auth_user: u';
    await using other = await startServer(accounts, { jetStream: true });
    const transport = await connectTransport(other.url);
    expect(await rejectionOf(transport.openStore())).toEqual(transportError('no-store'));
    await transport.close();
  });

  it('is not waited for when the connection has ended', async () => {
    const { transport, store: ended } = await openStore(server.url);
    await transport.close();
    expect(await rejectionOf(ended.info('x'))).toEqual(transportError('closed'));
  });
});
