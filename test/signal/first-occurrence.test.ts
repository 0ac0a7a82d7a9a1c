// Whether a message is the first of its bytes is asked of a stream that is a list here.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FirstOccurrences } from '../../src/signal/first-occurrence.ts';
import type { ReadFrom, ReadMessage, Store, Stored, StreamReader } from '../../src/transport/store.ts';

const SKEW_MS = 1000;

/** What was stored, as `[milliseconds, text]`. */
function openStream(...messages: [storedMs: number, text: string][]) {
  const stream = messages.map(([storedMs, text], i) => ({
    seq: i + 1,
    storedMs,
    subject: 's',
    data: Buffer.from(text),
  }));
  const counted = { readers: 0, read: 0 };
  const read = async (_: string, __: string | undefined, from: ReadFrom): Promise<StreamReader> => {
    counted.readers++;
    const rest = stream.filter(({ storedMs }) => 'storedMs' in from && storedMs >= from.storedMs);
    return {
      pending: rest.length,
      close() {},
      async *[Symbol.asyncIterator](): AsyncGenerator<ReadMessage> {
        for (const message of rest) {
          counted.read++;
          yield { ...message, pending: 0 };
        }
        await new Promise(() => {});
      },
    };
  };
  const get = async (_: string, seq: number) => stream.find((message) => message.seq === seq);
  const hashOf = ({ data }: Stored) => createHash('sha256').update(data).digest();
  const firsts = new FirstOccurrences(
    {
      store: { read, get } as unknown as Store,
      stream: 'x',
      subject: 's',
      skewMs: SKEW_MS,
      // What begins with a dash was stored too far from its own time.
      hash: (stored) => (stored.data[0] === '-'.charCodeAt(0) ? undefined : hashOf(stored)),
    },
    new AbortController().signal,
  );
  const ask = async (seq: number) => {
    const stored = stream[seq - 1] as Stored;
    return (await firsts.find(stored, hashOf(stored))).isEarlier;
  };
  return { ask, counted, firsts, stream, hashOf };
}

describe('a message', () => {
  it('is the first of its bytes, or not, in the order of the stream', async () => {
    const { ask } = openStream([0, 'a'], [1, 'b'], [2, 'a'], [2, 'b'], [3, 'c']);
    const answers: boolean[] = [];
    for (const seq of [1, 2, 3, 4, 5]) answers.push(await ask(seq));
    expect(answers).toEqual([false, false, true, true, false]);
  });

  it('is the first of its bytes whoever asks first about which', async () => {
    const { ask } = openStream([0, 'a'], [1, 'a'], [2, 'b']);
    expect([await ask(3), await ask(2), await ask(1)]).toEqual([false, true, false]);
  });

  it('is a copy of what was stored before anybody asked', async () => {
    const { ask } = openStream([0, 'a'], [2 * SKEW_MS, 'a']);
    expect(await ask(2)).toBe(true);
  });

  it('is no copy of what did not count', async () => {
    const { ask } = openStream([0, '-'], [1, '-']);
    expect(await ask(2)).toBe(false);
  });

  it('is judged again like before, long after others have been', async () => {
    const hourMs = 3_600_000;
    const { ask } = openStream([0, 'a'], [1, 'a'], [hourMs, 'b'], [2 * hourMs, 'c'], [2 * hourMs, 'c']);
    expect([await ask(4), await ask(1), await ask(2), await ask(5), await ask(3)]).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('that is not kept any more is not waited for', async () => {
    const { firsts, stream, hashOf } = openStream([0, 'a'], [1, 'b']);
    const gone = stream.splice(1, 1)[0] as Stored;
    expect(await firsts.find(gone, hashOf(gone))).toMatchObject({ isEarlier: false });
  });
});

it('a backlog is read once, by one reader', async () => {
  const size = 20_000;
  const { ask, counted } = openStream(...Array.from({ length: size }, (_, i): [number, string] => [i * 10, `m${i}`]));
  for (let seq = 1; seq <= size; seq++) expect(await ask(seq)).toBe(false);
  expect(counted).toEqual({ readers: 1, read: size });
});

it('what others have dealt with is not read across when it is much', async () => {
  const size = 20_000;
  const { ask, counted } = openStream(...Array.from({ length: size }, (_, i): [number, string] => [i * 10, `m${i}`]));
  await ask(1);
  await ask(size);
  expect(counted.readers).toBe(2);
  expect(counted.read).toBeLessThan(500);
});
