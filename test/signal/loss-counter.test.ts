import { describe, expect, it } from 'vitest';
import { LossCounter } from '../../src/signal/loss-counter.ts';
import type { Notice } from '../../src/signal/notice.ts';

function createCounter() {
  const notices: Notice[] = [];
  return { notices, losses: new LossCounter((notice) => notices.push(notice)) };
}

describe('a loss counter', () => {
  it('tells about a loss at once, and always as a loss', () => {
    const { losses, notices } = createCounter();
    losses.count('reply dropped: bad signature', 'claims to be from com.x');
    expect(notices).toEqual([{ kind: 'loss', text: 'reply dropped: bad signature: claims to be from com.x' }]);
  });

  it('does not make a flood of notices of a flood of losses, and gives their number at the end', () => {
    const { losses, notices } = createCounter();
    for (let i = 0; i < 5000; i++) losses.count('message dropped');
    expect(notices.length).toBeLessThan(100);
    losses.finish();
    expect(notices.at(-1)?.text).toBe('message dropped: 5000 in all');
  });

  it('has nothing to add when each was told', () => {
    const { losses, notices } = createCounter();
    losses.count('message dropped');
    losses.finish();
    expect(notices).toHaveLength(1);
  });

  it('counts each kind on its own, so that a flood of one does not hide another', () => {
    const { losses, notices } = createCounter();
    for (let i = 0; i < 5000; i++) losses.count('one');
    losses.count('another');
    expect(notices.at(-1)?.text).toBe('another');
  });

  it('does not wait for the end to give a number: while there are more, once a minute', () => {
    let nowMs = 0;
    const notices: Notice[] = [];
    const losses = new LossCounter(
      (notice) => notices.push(notice),
      () => nowMs,
    );
    for (; nowMs < 180_000; nowMs += 1000) losses.count('one');
    expect(notices.slice(10).map(({ text }) => text)).toEqual(['one: 70 in all', 'one: 130 in all']);
  });

  it('gives a number once', () => {
    const { losses, notices } = createCounter();
    for (let i = 0; i < 50; i++) losses.count('one');
    losses.finish();
    const told = notices.length;
    losses.finish();
    expect(notices).toHaveLength(told);
  });
});
