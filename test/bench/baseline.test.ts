import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  FAILING_FACTOR,
  findWorsenings,
  NOTABLE_FACTOR,
  readBaseline,
  saveBaseline,
  toCost,
  toCosts,
} from '../../bench/baseline.ts';
import { Results } from '../../bench/results.ts';
import { ROWS, type Row, type RowName } from '../../bench/rows.ts';

const yardsticks = { nodeMs: 40, verificationUs: 50 };
const row = (name: RowName) => ROWS.find((one) => one.name === name) as Row;

describe('a cost', () => {
  it('of milliseconds is in starts of node', () => {
    expect(toCost(row('request-1000'), 100, yardsticks)).toBe(2.5);
    expect(toCost(row('request-50000'), 2, yardsticks)).toBe(50);
  });

  it('of CPU time is in verifications', () => {
    expect(toCost(row('forged'), 75, yardsticks)).toBe(1.5);
  });

  it('of a throughput grows as that falls', () => {
    expect(toCost(row('library'), 20_000, yardsticks)).toBe(1);
    expect(toCost(row('library'), 10_000, yardsticks)).toBe(2);
  });

  it('of a ratio or of memory is that itself', () => {
    expect(toCost(row('start'), 1.7, yardsticks)).toBe(1.7);
    expect(toCost(row('memory'), 48, yardsticks)).toBe(48);
  });

  it('that is lost in the noise is never below a floor, so that noise is not taken for a change', () => {
    expect(toCost(row('send-10000-peers'), -0.3, yardsticks)).toBe(toCost(row('send-10000-peers'), 0.1, yardsticks));
  });

  it('on a machine of half the speed is the same', () => {
    const slower = { nodeMs: 80, verificationUs: 100 };
    expect(toCost(row('wake'), 10, slower)).toBe(toCost(row('wake'), 5, yardsticks));
    expect(toCost(row('library'), 10_000, slower)).toBe(toCost(row('library'), 20_000, yardsticks));
  });
});

describe('the comparison with the baseline', () => {
  const baseline = { start: { bundle: 2, binary: 0.6 }, forged: { bundle: 1 } };

  it('reports what is worse by 15 %', () => {
    const costs = { start: { bundle: 2.31, binary: 0.6 }, forged: { bundle: 1.14 } };
    const [worsening, ...more] = findWorsenings(costs, baseline, NOTABLE_FACTOR);
    expect(worsening).toMatchObject({ row: 'start', program: 'bundle' });
    expect(worsening?.factor).toBeCloseTo(1.155);
    expect(more).toEqual([]);
  });

  it('fails the short form from a factor of 2 on, and not before', () => {
    expect(findWorsenings({ forged: { bundle: 1.99 } }, baseline, FAILING_FACTOR)).toEqual([]);
    expect(findWorsenings({ forged: { bundle: 2 } }, baseline, FAILING_FACTOR)).toHaveLength(1);
  });

  it('says nothing of what has become better', () => {
    expect(findWorsenings({ start: { bundle: 0.5, binary: 0.1 } }, baseline, NOTABLE_FACTOR)).toEqual([]);
  });

  it('leaves out what was measured only then or only now', () => {
    expect(findWorsenings({ memory: { bundle: 900 } }, baseline, NOTABLE_FACTOR)).toEqual([]);
  });
});

describe('the costs of a run', () => {
  it('are those of the medians, without the peer’s', () => {
    const results = new Results();
    for (const value of [30, 10, 20]) results.add('wake', 'bundle', value);
    results.add('wake', 'peer', 1);
    results.setYardsticks(['wake'], yardsticks);
    expect(toCosts(results)).toEqual({ wake: { bundle: 0.5 } });
  });

  it('of few samples is the best of them, be it the smallest or the largest', () => {
    const results = new Results();
    results.setYardsticks(['wake', 'library'], yardsticks);
    for (const value of [40, 20, 400]) results.add('wake', 'bundle', value);
    for (const value of [10_000, 20_000]) results.add('library', 'bundle', value);
    expect(toCosts(results, 'best')).toEqual({ wake: { bundle: 0.5 }, library: { bundle: 1 } });
  });

  it('are each relative to what the machine was like at the time', () => {
    const results = new Results();
    for (const name of ['wake', 'request-1000'] as const) results.add(name, 'bundle', 20);
    results.setYardsticks(['wake'], yardsticks);
    results.setYardsticks(['request-1000'], { nodeMs: 80, verificationUs: 100 });
    expect(toCosts(results)).toEqual({ wake: { bundle: 0.5 }, 'request-1000': { bundle: 0.25 } });
  });
});

describe('a saved baseline', () => {
  const directory = mkdtempSync(join(tmpdir(), 'baseline-'));
  const file = join(directory, 'baseline.json');
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('is undefined before the first', () => {
    expect(readBaseline(file)).toBeUndefined();
  });

  it('keeps what was not measured again', () => {
    saveBaseline(file, { start: { bundle: 2, binary: 0.6 }, wake: { bundle: 0.1 } });
    saveBaseline(file, { start: { bundle: 1.8 } });
    expect(readBaseline(file)).toEqual({ start: { bundle: 1.8, binary: 0.6 }, wake: { bundle: 0.1 } });
    expect(readFileSync(file, 'utf8')).toMatch(/}\n$/);
  });
});
