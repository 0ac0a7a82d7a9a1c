import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Deadline } from '../../src/commands/deadline.ts';

const DAY_MS = 86_400_000;
/** A longer wait overflows a timer, which then fires after 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

let setTimer: MockInstance<typeof setTimeout>;

beforeEach(() => {
  vi.useFakeTimers();
  setTimer = vi.spyOn(globalThis, 'setTimeout');
});

afterEach(() => {
  setTimer.mockRestore();
  vi.useRealTimers();
});

describe('a deadline', () => {
  it('comes after its time and not before', () => {
    const { signal } = new Deadline(1500);
    vi.advanceTimersByTime(1499);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it('comes when there is hardly any time, which is not the same as no limit', () => {
    const deadline = new Deadline(0.000001);
    expect(deadline.withinMs).toBe(0.000001);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
  });

  it.each([0, undefined])('never comes when it is %s', (timeoutMs) => {
    const deadline = new Deadline(timeoutMs);
    expect(deadline).toHaveProperty('withinMs', undefined);
    expect(vi.getTimerCount()).toBe(0);
    expect(deadline.signal.aborted).toBe(false);
  });

  it('does not come any more once it was disposed of', () => {
    const deadline = new Deadline(1500);
    deadline.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a deadline in 100 days, for which one timer is too short', () => {
  it('waits without waking up all the time', () => {
    const { signal } = new Deadline(100 * DAY_MS);
    vi.advanceTimersByTime(1000);
    expect(signal.aborted).toBe(false);
    expect(setTimer).toHaveBeenCalledTimes(1);
    expect(setTimer.mock.calls[0]?.[1]).toBeLessThanOrEqual(MAX_TIMER_MS);
  });

  it('comes after all of them, by a few timers one after the other', () => {
    const startMs = performance.now();
    const { signal } = new Deadline(100 * DAY_MS);
    // From timer to timer: should it spin, it must not do so for all the days.
    for (let fired = 0; fired < 5; fired++) {
      expect(signal.aborted).toBe(false);
      vi.advanceTimersToNextTimer();
    }
    expect(signal.aborted).toBe(true);
    expect(performance.now() - startMs).toBe(100 * DAY_MS);
    expect(setTimer).toHaveBeenCalledTimes(5);
  });
});
