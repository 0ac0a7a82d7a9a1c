import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwiceHeard } from '../../src/signal/twice-heard.ts';

const NOW_MS = 1_800_000_000_000;
const KEEP_MS = 10_000;

const hash = (name: string | number) => createHash('sha256').update(String(name)).digest();
const create = () => new TwiceHeard(KEEP_MS, (nowMs) => nowMs);

describe('what is heard twice', () => {
  it('is new once, and a copy of what was delivered the second time, whichever way comes first', () => {
    const heard = create();
    expect(heard.live.record(hash('a'), NOW_MS, NOW_MS)).toBe('new');
    expect(heard.stored.record(hash('a'), NOW_MS, NOW_MS)).toBe('delivered');
    expect(heard.stored.record(hash('b'), NOW_MS, NOW_MS)).toBe('new');
    expect(heard.live.record(hash('b'), NOW_MS, NOW_MS)).toBe('delivered');
  });

  it('is a replay when the stream has it a second time, also where the first was delivered live', () => {
    const heard = create();
    heard.live.record(hash('a'), NOW_MS, NOW_MS);
    heard.stored.recall(hash('a'), NOW_MS, NOW_MS);
    expect(heard.stored.recall(hash('a'), NOW_MS, NOW_MS)).toBe('seen');
    heard.stored.record(hash('b'), NOW_MS, NOW_MS);
    expect(heard.stored.recall(hash('b'), NOW_MS, NOW_MS)).toBe('seen');
  });

  it('is not recorded when it is only asked for: its signature may be bad', () => {
    const heard = create();
    expect(heard.stored.recall(hash('a'), NOW_MS, NOW_MS)).toBe('new');
    expect(heard.live.recall(hash('a'), NOW_MS, NOW_MS)).toBe('new');
    expect(heard.stored.recall(hash('a'), NOW_MS, NOW_MS)).toBe('new');
  });

  it('is remembered for as long as asked, and longer than twice that it is not', () => {
    const heard = create();
    heard.stored.record(hash('a'), NOW_MS, NOW_MS);
    for (let ms = 0; ms <= KEEP_MS; ms += 1000) heard.stored.record(hash(ms), NOW_MS + ms, NOW_MS + ms);
    expect(heard.stored.recall(hash('a'), NOW_MS, NOW_MS + KEEP_MS)).toBe('seen');
    const laterMs = NOW_MS + 3 * KEEP_MS;
    heard.stored.record(hash('later'), laterMs, laterMs);
    heard.stored.record(hash('much later'), laterMs + 2 * KEEP_MS, laterMs + 2 * KEEP_MS);
    expect(heard.stored.recall(hash('a'), NOW_MS + 5 * KEEP_MS, NOW_MS + 5 * KEEP_MS)).toBe('new');
  });

  it('is not new when a clock is set back to before what is forgotten', () => {
    const heard = create();
    heard.stored.record(hash('a'), NOW_MS, NOW_MS);
    for (const round of [2, 4]) heard.stored.record(hash(round), NOW_MS + round * KEEP_MS, NOW_MS + round * KEEP_MS);
    expect(heard.stored.recall(hash('a'), NOW_MS, NOW_MS)).toBe('seen');
    expect(heard.live.recall(hash('a'), NOW_MS, NOW_MS)).toBe('delivered');
  });

  it('is new when a clock is set right that was ahead, also after what came meanwhile is forgotten', () => {
    const HOUR_MS = 3_600_000;
    const heard = create();
    const aheadMs = [0, 2 * KEEP_MS, 4 * KEEP_MS].map((ms) => NOW_MS + HOUR_MS + ms);
    for (const ms of aheadMs) expect(heard.live.record(hash(ms), ms, ms)).toBe('new');
    const rightMs = NOW_MS + 5 * KEEP_MS;
    expect(heard.live.record(hash('live'), rightMs, rightMs)).toBe('new');
    expect(heard.stored.record(hash('stored'), rightMs, rightMs)).toBe('new');
    for (const ms of aheadMs) expect(heard.live.recall(hash(ms), ms, ms)).toBe('delivered');
  });

  it('is new exactly once, however the copies are mixed', () => {
    const copies = fc.array(fc.record({ name: fc.nat(5), way: fc.constantFrom('live', 'stored') }), { maxLength: 60 });
    fc.assert(
      fc.property(copies, (heardCopies) => {
        const heard = create();
        const counts = new Map<number, number>();
        for (const { name, way } of heardCopies) {
          const memory = way === 'live' ? heard.live : heard.stored;
          const isNew = memory.record(hash(name), NOW_MS, NOW_MS) === 'new';
          counts.set(name, (counts.get(name) ?? 0) + Number(isNew));
        }
        for (const count of counts.values()) expect(count).toBe(1);
      }),
    );
  });
});
