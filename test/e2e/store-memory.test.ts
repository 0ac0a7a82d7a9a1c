// What reading a long stream takes of memory.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type OpenStore, openStore, streamSettings } from '../helpers/store.ts';
import { connectRaw } from '../helpers/wire.ts';

const MESSAGES = 100_000;
const SIZE_BYTES = 300;
const MB = 1024 * 1024;

let server: TestServer;
let open: OpenStore;

beforeAll(async () => {
  server = await startServer('', { jetStream: true });
  open = await openStore(server.url);
  await open.store.create(streamSettings('s'));
  const raw = await connectRaw(server.url);
  for (let i = 1; i <= MESSAGES; i++) {
    const data = Buffer.alloc(SIZE_BYTES);
    data.writeUInt32BE(i);
    raw.publish('s.a', data);
    if (i % 1000 === 0) await raw.flush();
  }
  await raw.close();
  while ((await open.store.info('s'))?.messages !== MESSAGES);
});

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What all that is not garbage takes, buffers too. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a reader of a hundred thousand messages', () => {
  it('gets each in its place, and holds few of them at a time', async () => {
    const reader = await open.store.read('s', undefined, { seq: 1 });
    expect(reader.pending).toBe(MESSAGES);
    const before = usedBytes();
    let largest = 0;
    let count = 0;
    for await (const { seq, data } of reader) {
      count += 1;
      if (seq !== count || Buffer.from(data).readUInt32BE(0) !== count)
        throw new Error(`expected ${count}, got ${seq}`);
      if (count % 10_000 === 0) largest = Math.max(largest, usedBytes() - before);
      if (count === MESSAGES) break;
    }
    // All of them together are 30 MB and more.
    expect(largest).toBeLessThan(10 * MB);
  });

  it('gets no more than it asks for while it pauses, and then goes on', async () => {
    const reader = await open.store.read('s', undefined, { seq: 1 });
    const iterator = reader[Symbol.asyncIterator]();
    await iterator.next();
    // Longer than a server may be silent, which the pause of a reader looks like.
    const raw = await connectRaw(server.url);
    const delivered = async () => {
      const list = await raw.request('$JS.API.CONSUMER.LIST.s', '');
      const { consumers } = list.json<{ consumers: { delivered: { stream_seq: number } }[] }>();
      return Math.max(0, ...consumers.map((consumer) => consumer.delivered.stream_seq));
    };
    const until = performance.now() + 3500;
    while (performance.now() < until) expect(await delivered()).toBeLessThan(1000);
    await raw.close();
    for (let expected = 2; expected <= 5000; expected++) {
      expect((await iterator.next()).value.seq).toBe(expected);
    }
    reader.close();
  });
});
