// What is said to be kept is kept, whatever the stream, or somebody in its place, answers.

import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hashMessage } from '../../src/protocol/message.ts';
import { Keeper } from '../../src/signal/keep.ts';
import type { AppendOptions, ReadMessage, Store, StreamFacts, StreamReader } from '../../src/transport/store.ts';
import { OTHER } from '../helpers/config-text.ts';
import { FakeTransport } from '../helpers/fake-transport.ts';
import { forgeMessage } from '../helpers/forge.ts';
import { loadedConfig } from '../helpers/loaded-config.ts';

const SUBJECT = 'remaphore.all';

/** A stream in memory, whose answers are the test's. */
class FakeStore {
  readonly stored: Uint8Array[] = [];
  readonly ids: (string | undefined)[] = [];
  readonly #onAppend: (store: FakeStore, data: Uint8Array, options: AppendOptions) => Promise<number>;

  constructor(onAppend: (store: FakeStore, data: Uint8Array, options: AppendOptions) => Promise<number>) {
    this.#onAppend = onAppend;
  }

  /** Stores and says where. */
  push(data: Uint8Array): number {
    return this.stored.push(data);
  }

  async info(): Promise<StreamFacts> {
    return { subjects: [SUBJECT], lastSeq: this.stored.length } as unknown as StreamFacts;
  }

  async append(_: string, data: Uint8Array, options: AppendOptions) {
    options.signal?.throwIfAborted();
    this.ids.push(options.id);
    return { seq: await this.#onAppend(this, data, options), duplicate: false };
  }

  async get(_: string, seq: number) {
    return this.#at(seq);
  }

  async read(_: string, __: string, from: { seq: number }): Promise<StreamReader> {
    const messages = this.stored.map((_, i) => this.#at(i + 1) as ReadMessage).slice(from.seq - 1);
    return {
      pending: messages.length,
      close() {},
      async *[Symbol.asyncIterator]() {
        yield* messages;
      },
    };
  }

  #at(seq: number): ReadMessage | undefined {
    const data = this.stored[seq - 1];
    return data && { seq, data, storedMs: 0, subject: SUBJECT, pending: this.stored.length - seq };
  }
}

const bytes = forgeMessage(OTHER, { payload: 'mine' });
const other = Buffer.from('something else');

async function keep(store: FakeStore, signal?: AbortSignal): Promise<void> {
  const transport = Object.assign(new FakeTransport(), { openStore: async () => store as unknown as Store });
  const keeper = new Keeper(await loadedConfig(), transport);
  await keeper.keep(SUBJECT, 'all', bytes, hashMessage(bytes), signal);
}

describe('a message that is to be kept', () => {
  it('is published once, by its hash, when the stream has it where it says', async () => {
    const store = new FakeStore(async (self, data) => self.push(data));
    await keep(store);
    expect(store.ids).toEqual([Buffer.from(hashMessage(bytes)).toString('hex')]);
  });

  it('is not said to be kept when it is not there, whatever is answered', async () => {
    const store = new FakeStore(async () => 1);
    store.push(other);
    const outcome = keep(store, AbortSignal.timeout(1500));
    await expect(outcome).rejects.toMatchObject({ name: expect.stringMatching(/TimeoutError|AbortError/) });
  });

  it('is found where it is when the answer names another place, and not published again', async () => {
    const store = new FakeStore(async (self, data) => {
      self.push(data);
      self.push(other);
      return 2;
    });
    await keep(store);
    expect(store.stored).toEqual([bytes, other]);
    expect(store.ids).toHaveLength(1);
  });

  it('is found when it is stored only after an answer that was not the stream’s', async () => {
    const store = new FakeStore(async (self, data) => {
      void delay(100).then(() => self.push(data));
      return 999;
    });
    await keep(store);
    expect(store.stored).toEqual([bytes]);
    expect(store.ids).toHaveLength(1);
  });

  it('is published under an id that nobody can know when somebody else has used its own', async () => {
    const store = new FakeStore(async (self, data, { id }) => (id?.length === 64 ? self.push(other) : self.push(data)));
    await keep(store);
    expect(store.stored).toEqual([other, bytes]);
    expect(store.ids[1]).toMatch(new RegExp(`^${store.ids[0]}-[0-9a-f]{32}$`));
  });

  it('is looked for before it is published again after an uncertain answer', async () => {
    const store = new FakeStore(async (self, data, { findEarlier }) => {
      self.push(other);
      const seq = self.push(data);
      expect(await findEarlier?.()).toBe(seq);
      return seq;
    });
    await keep(store);
    const empty = new FakeStore(async (self, data, { findEarlier }) => {
      expect(await findEarlier?.()).toBeUndefined();
      return self.push(data);
    });
    await keep(empty);
  });
});
