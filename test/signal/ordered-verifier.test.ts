import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderedVerifier } from '../../src/signal/ordered-verifier.ts';
import { MAX_WAITING_MESSAGES } from '../../src/signal/receive.ts';

/** A verifier whose answers a test gives one by one, in any order. */
function createVerifier() {
  const questions = new Map<number, (valid: boolean) => void>();
  const failures = new Map<number, (error: Error) => void>();
  const delivered: [item: number, valid: boolean][] = [];
  const verifier = new OrderedVerifier<number>(
    (item) =>
      new Promise((resolve, reject) => {
        questions.set(item, resolve);
        failures.set(item, reject);
      }),
    (item, valid) => delivered.push([item, valid]),
  );
  return {
    delivered,
    asked: () => questions.size,
    submit: (item: number, sizeBytes = 1) => verifier.submit(item, sizeBytes),
    async answer(item: number, valid: boolean) {
      questions.get(item)?.(valid);
      await nextTurn();
    },
    async fail(item: number) {
      failures.get(item)?.(new Error('cannot be verified'));
      await nextTurn();
    },
  };
}

describe('an ordered verifier', () => {
  it('delivers in the order of submission although the last is verified first', async () => {
    const verifier = createVerifier();
    for (const item of [1, 2, 3]) verifier.submit(item);
    await verifier.answer(3, true);
    await verifier.answer(2, false);
    expect(verifier.delivered).toEqual([]);
    await verifier.answer(1, true);
    expect(verifier.delivered).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
  });

  it('delivers what is ready without waiting for what comes later', async () => {
    const verifier = createVerifier();
    for (const item of [1, 2]) verifier.submit(item);
    await verifier.answer(1, true);
    expect(verifier.delivered).toEqual([[1, true]]);
  });

  it('takes what cannot be verified for not valid, and goes on', async () => {
    const verifier = createVerifier();
    for (const item of [1, 2]) verifier.submit(item);
    await verifier.fail(1);
    await verifier.answer(2, true);
    expect(verifier.delivered).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('takes an exception for not valid, too', async () => {
    const delivered: boolean[] = [];
    const verifier = new OrderedVerifier<number>(
      () => {
        throw new Error('at once');
      },
      (_, valid) => delivered.push(valid),
    );
    verifier.submit(1, 1);
    await nextTurn();
    expect(delivered).toEqual([false]);
  });

  it('verifies several at a time, but not without bound', async () => {
    const verifier = createVerifier();
    for (let item = 0; item < 1000; item++) verifier.submit(item);
    const atOnce = verifier.asked();
    expect(atOnce).toBeGreaterThan(4);
    expect(atOnce).toBeLessThan(1000);
    await verifier.answer(0, true);
    expect(verifier.asked()).toBe(atOnce + 1);
  });

  it('starts no more while the first is held up than the consumer has room for, however many behind it are done', async () => {
    const verifier = createVerifier();
    const all = 3 * MAX_WAITING_MESSAGES;
    for (let item = 0; item < all; item++) verifier.submit(item);
    for (let item = 1; item < verifier.asked(); item++) await verifier.answer(item, true);
    expect(verifier.delivered).toEqual([]);
    expect(verifier.asked()).toBeLessThan(MAX_WAITING_MESSAGES);
    await verifier.answer(0, true);
    expect(verifier.delivered.length).toBeLessThan(MAX_WAITING_MESSAGES);
  });

  it('refuses more when too many wait, and takes them again once there is room', async () => {
    const verifier = createVerifier();
    let taken = 0;
    while (taken < 100_000 && verifier.submit(taken)) taken++;
    expect(taken).toBeLessThan(100_000);
    expect(verifier.submit(-1)).toBe(false);
    await verifier.answer(0, true);
    expect(verifier.submit(taken)).toBe(true);
    expect(verifier.submit(-1)).toBe(false);
  });

  it('refuses more when too many bytes wait', async () => {
    const MEBIBYTE = 2 ** 20;
    const verifier = createVerifier();
    let taken = 0;
    while (taken < 1000 && verifier.submit(taken, MEBIBYTE)) taken++;
    expect(taken).toBeLessThan(1000);
    await verifier.answer(0, true);
    expect(verifier.submit(taken, MEBIBYTE)).toBe(true);
  });

  it('delivers each item once and in order, whatever the order of the answers', async () => {
    const order = fc.integer({ min: 1, max: 200 }).chain((count) =>
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, i) => i),
        { minLength: count },
      ),
    );
    await fc.assert(
      fc.asyncProperty(order, async (items) => {
        const answers = new Map<number, () => void>();
        const delivered: number[] = [];
        const verifier = new OrderedVerifier<number>(
          (item) => new Promise((resolve) => answers.set(item, () => resolve(true))),
          (item) => delivered.push(item),
        );
        for (let item = 0; item < items.length; item++) verifier.submit(item, 1);
        while (delivered.length < items.length) {
          for (const item of items) answers.get(item)?.();
          await nextTurn();
        }
        expect(delivered).toEqual([...items].sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });
});
