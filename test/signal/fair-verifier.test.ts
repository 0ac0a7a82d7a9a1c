import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairVerifier } from '../../src/signal/fair-verifier.ts';

const SHARE_BYTES = 2 ** 20;

interface Item {
  name: string;
  label: string;
}

/** A verifier that a test lets go on, one item at a time. */
function createVerifier(random?: () => number) {
  const asked: { item: Item; answer: (valid: boolean) => void }[] = [];
  const delivered: string[] = [];
  const lost: string[] = [];
  const verifier = new FairVerifier<Item>(
    {
      verify: (item) => new Promise((answer) => asked.push({ item, answer })),
      deliver: ({ label }) => delivered.push(label),
      onCrowdedOut: ({ label }) => lost.push(label),
    },
    SHARE_BYTES,
    random,
  );
  return {
    verifier,
    asked,
    delivered,
    lost,
    /** As the requester does: what is not drawn is lost. */
    submit(name: string, label = name, sizeBytes = 300) {
      if (verifier.draw(name)) verifier.submit(name, { name, label }, sizeBytes);
      else lost.push(label);
    },
    /** Answers the next one. */
    async answer() {
      asked.shift()?.answer(false);
      await nextTurn();
    },
    /** Answers all, also those that come of it. */
    async answerAll() {
      while (asked.length > 0) {
        for (const { answer } of asked.splice(0)) answer(false);
        await nextTurn();
      }
    },
  };
}

/** Numbers that look random and are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a flood in some names', () => {
  it('costs the others nothing: they are verified in the next turns, and none is lost', async () => {
    const { submit, delivered, lost, answerAll } = createVerifier();
    for (let i = 0; i < 20_000; i++) submit(`flooded${i % 10}`, 'forged');
    for (let i = 0; i < 50; i++) submit(`honest${i}`);
    await answerAll();
    const honest = delivered.filter((label) => label !== 'forged');
    expect(honest).toEqual(Array.from({ length: 50 }, (_, i) => `honest${i}`));
    expect(lost.filter((label) => label !== 'forged')).toEqual([]);
    // What was under way, and one of each name for each turn.
    expect(delivered.lastIndexOf('honest49')).toBeLessThan(64 + 10 + 50);
  });

  it('that comes between theirs costs them nothing either', async () => {
    const { submit, delivered, answerAll } = createVerifier();
    for (let i = 0; i < 50; i++) {
      for (let j = 0; j < 500; j++) submit('flooded', 'forged');
      submit(`honest${i}`);
    }
    await answerAll();
    expect(delivered.filter((label) => label !== 'forged')).toHaveLength(50);
  });

  it('does not make others that have to wait give way when their names are ten thousand', async () => {
    const { submit, delivered, lost, answerAll } = createVerifier();
    for (let i = 0; i < 10_000; i++) submit('flooded', 'forged');
    for (let i = 0; i < 10_000; i++) submit(`honest${i}`);
    await answerAll();
    expect(lost.filter((label) => label !== 'forged')).toEqual([]);
    expect(delivered.filter((label) => label !== 'forged')).toEqual(
      Array.from({ length: 10_000 }, (_, i) => `honest${i}`),
    );
  });
});

describe('a flood in the very name of an honest one', () => {
  it.each([
    ['before it', 500, 0],
    ['behind it', 0, 500],
    ['around it', 250, 250],
  ])('loses nothing when it is a burst of 500, %s', async (_, before, behind) => {
    const { submit, delivered, lost, answerAll } = createVerifier();
    for (let i = 0; i < before; i++) submit('com.web', 'forged');
    submit('com.web', 'honest');
    for (let i = 0; i < behind; i++) submit('com.web', 'forged');
    await answerAll();
    expect(lost).toEqual([]);
    expect(delivered).toContain('honest');
  });

  /** How many of 300 honest ones come through a burst of 1,000 that has begun and goes on. */
  async function countThrough(before: number, behind: number): Promise<number> {
    let through = 0;
    for (let round = 0; round < 300; round++) {
      const { submit, delivered, answerAll } = createVerifier(seeded(round));
      for (let i = 0; i < before; i++) submit('com.web', 'forged');
      submit('com.web', 'honest');
      for (let i = 0; i < behind; i++) submit('com.web', 'forged');
      await answerAll();
      if (delivered.includes('honest')) through++;
    }
    return through;
  }

  it('cannot choose that it is the honest one that is lost, in a larger burst', async () => {
    // Of those that found nothing under way, about half is kept: 512 of 936.
    expect(await countThrough(999, 0)).toBeGreaterThan(75);
    expect(await countThrough(600, 399)).toBeGreaterThan(75);
    expect(await countThrough(300, 699)).toBeGreaterThan(75);
  }, 30_000);

  it('of the largest items does not crowd out a small one', async () => {
    let through = 0;
    for (let round = 0; round < 100; round++) {
      const { submit, delivered, answerAll } = createVerifier(seeded(round));
      for (let i = 0; i < 10; i++) submit('com.web', 'forged', SHARE_BYTES);
      submit('com.web', 'honest');
      for (let i = 0; i < 10; i++) submit('com.web', 'forged', SHARE_BYTES);
      await answerAll();
      if (delivered.includes('honest')) through++;
    }
    expect(through).toBeGreaterThan(95);
  });

  it('leaves no more to be read than one of sixteen, once it is long', () => {
    const { verifier } = createVerifier(seeded(1));
    let drawn = 0;
    for (let i = 0; i < 100_000; i++) {
      if (!verifier.draw('com.web')) continue;
      drawn++;
      verifier.submit('com.web', { name: 'com.web', label: 'forged' }, 300);
    }
    expect(drawn).toBeGreaterThan(100_000 / 20);
    expect(drawn).toBeLessThan(100_000 / 10);
  });
});

describe('single items of many names', () => {
  it('are delivered in the order in which they came, whichever is verified first', async () => {
    const { submit, asked, delivered } = createVerifier();
    for (const name of ['a', 'b', 'c']) submit(name);
    for (const { answer } of asked.toReversed()) answer(true);
    await nextTurn();
    expect(delivered).toEqual(['a', 'b', 'c']);
  });
});

describe('what waits in a name that needs no more', () => {
  it('is dropped, and never verified', async () => {
    const { verifier, submit, asked, delivered, answerAll } = createVerifier();
    for (let i = 0; i < 300; i++) submit('com.web', `${i}`);
    submit('com.db');
    const underWay = asked.length;
    let dropped = 0;
    verifier.discard('com.web', () => ++dropped > 0);
    await answerAll();
    expect(dropped).toBe(300 - underWay);
    expect(delivered).toHaveLength(underWay + 1);
    expect(delivered).toContain('com.db');
  });

  it('leaves the name’s turn to what comes later', async () => {
    const { verifier, submit, delivered, answerAll } = createVerifier();
    for (let i = 0; i < 300; i++) submit('com.web', 'early');
    verifier.discard('com.web', () => true);
    submit('com.web', 'late');
    await answerAll();
    expect(delivered).toContain('late');
  });

  it('is forgotten with all other names when the end has come', async () => {
    const { verifier, submit, asked, delivered, answerAll } = createVerifier();
    for (let i = 0; i < 400; i++) submit(`com.web${i}`);
    const underWay = asked.length;
    verifier.clear();
    await answerAll();
    expect(delivered).toHaveLength(underWay);
  });
});

describe('what is held', () => {
  it('is never more than a share for each name and two for what is under way, whatever comes', async () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: SHARE_BYTES }));
    const arrival = fc.record({ name: fc.integer({ min: 0, max: 4 }), sizeBytes: sizes, answers: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 200, maxLength: 400 }), async (arrivals) => {
        const { verifier, submit, answer } = createVerifier();
        for (const { name, sizeBytes, answers } of arrivals) {
          submit(`${name}`, '', sizeBytes);
          expect(verifier.sizeBytes).toBeLessThanOrEqual((5 + 2) * SHARE_BYTES);
          for (let i = 0; i < answers; i++) await answer();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is that much for items of the largest size, and all of them are verified', async () => {
    const { verifier, submit, delivered, lost, answerAll } = createVerifier();
    for (let i = 0; i < 100; i++) submit(`com.web${i}`, `${i}`, SHARE_BYTES);
    expect(verifier.sizeBytes).toBe(100 * SHARE_BYTES);
    await answerAll();
    expect({ lost, delivered: delivered.length }).toEqual({ lost: [], delivered: 100 });
    expect(verifier.sizeBytes).toBe(0);
  });
});
