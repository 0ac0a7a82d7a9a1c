// Two consumers whose messages are dealt with in one place; here they deliver what the test has them deliver.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Intake } from '../../src/signal/intake.ts';
import type { Delivered, DurableReader } from '../../src/transport/store.ts';

class FakeReader implements DurableReader {
  asked = 0;
  isAsked = false;
  isClosed = false;
  #answer = (_: Delivered | undefined) => {};
  #fail = (_: Error) => {};

  next(signal?: AbortSignal): Promise<Delivered | undefined> {
    this.asked++;
    this.isAsked = true;
    return new Promise<Delivered | undefined>((resolve, reject) => {
      const settle = (delivered: Delivered | undefined) => {
        this.isAsked = false;
        resolve(delivered);
      };
      this.#answer = settle;
      this.#fail = reject;
      signal?.addEventListener('abort', () => settle(undefined));
    });
  }

  deliver(seq: number) {
    const delivered = { seq, again: vi.fn(async () => {}), done: vi.fn(), keep: vi.fn(() => vi.fn()) };
    this.#answer(delivered as unknown as Delivered);
    return delivered;
  }

  fail(error: Error): void {
    this.#fail(error);
  }

  close(): void {
    this.isClosed = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivered> {}
}

function openIntake() {
  const [one, two] = [new FakeReader(), new FakeReader()];
  return { one, two, intake: new Intake({ one, two }) };
}

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

afterEach(() => vi.clearAllTimers());

describe('an intake of two consumers', () => {
  it('hands out what either delivers, and keeps it until it is released', async () => {
    const { one, two, intake } = openIntake();
    const first = intake.next();
    const delivered = two.deliver(7);
    expect(await first).toMatchObject({ source: 'two', delivered: { seq: 7 } });
    expect(delivered.keep).toHaveBeenCalledOnce();
    const second = intake.next();
    one.deliver(8);
    expect(await second).toMatchObject({ source: 'one', delivered: { seq: 8 } });
    expect([one.asked, two.asked]).toEqual([1, 2]);
  });

  it('hands out next what came while nobody waited, for a moment', async () => {
    const { one, two, intake } = openIntake();
    const first = intake.next();
    one.deliver(1);
    await first;
    two.deliver(2);
    await vi.advanceTimersByTimeAsync(900);
    expect(await intake.next()).toMatchObject({ source: 'two', delivered: { seq: 2 } });
  });

  it('gives back what came while nobody waited for longer, and asks for no more', async () => {
    const { one, two, intake } = openIntake();
    const first = intake.next();
    one.deliver(1);
    await first;
    const delivered = two.deliver(2);
    await vi.advanceTimersByTimeAsync(1100);
    expect(delivered.again).toHaveBeenCalledWith(0, expect.anything());
    expect([one.isAsked, two.isAsked]).toEqual([false, false]);
  });

  it('takes back its question while what was handed out takes long', async () => {
    const { one, two, intake } = openIntake();
    const first = intake.next();
    one.deliver(1);
    await first;
    expect(two.isAsked).toBe(true);
    await vi.advanceTimersByTimeAsync(1100);
    expect(two.isAsked).toBe(false);
    const second = intake.next();
    await vi.advanceTimersByTimeAsync(0);
    two.deliver(2);
    expect(await second).toMatchObject({ delivered: { seq: 2 } });
  });

  it('ends when it is closed, and fails when a consumer does', async () => {
    const { one, two, intake } = openIntake();
    const first = intake.next();
    intake.close();
    expect(await first).toBeUndefined();
    expect([one.isClosed, two.isClosed]).toEqual([true, true]);

    const other = openIntake();
    const failing = other.intake.next();
    other.two.fail(new Error('gone'));
    await expect(failing).rejects.toThrow('gone');
  });
});
