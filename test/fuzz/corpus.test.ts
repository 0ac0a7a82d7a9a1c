// The short form of `npm run fuzz`: what was found before, and some thousand inputs that are the same at every run.

import { describe, expect, it } from 'vitest';
import { readCorpus } from './corpus.ts';
import { measureGrowth } from './growth.ts';
import { fuzz } from './run.ts';
import { TARGETS } from './targets.ts';
import { Trials } from './trial.ts';

/** Enough to see a square; `npm run fuzz` goes to 8 MiB. */
const LONGEST_BYTES = 256 * 1024;
/** Configurations are dearer. */
const INPUTS = { default: 10_000, config: 1000, yaml: 1000 } as Record<string, number>;
const SEED = 1;
/** A busy machine may take many times as long as the two seconds that it takes otherwise. */
const SLOW_MS = 120_000;

describe.each(TARGETS)('the parser of $name', (target) => {
  it(
    'keeps its promises for every input that was found',
    () => {
      const trials = new Trials(target);
      for (const { file, input } of readCorpus(target.name)) {
        expect(() => trials.try(input), file).not.toThrow();
      }
    },
    SLOW_MS,
  );

  it(
    'keeps its promises for some thousand inputs made of those',
    () => {
      const corpus = readCorpus(target.name).map(({ input }) => input);
      const count = INPUTS[target.name] ?? (INPUTS['default'] as number);
      const { tried } = fuzz(target, { count, durationMs: Number.POSITIVE_INFINITY, seed: SEED, corpus });
      expect(tried).toBe(count);
    },
    SLOW_MS,
  );

  it(
    'takes time for long inputs in proportion to their length',
    () => {
      expect(measureGrowth(target, LONGEST_BYTES).filter(({ fault }) => fault !== undefined)).toEqual([]);
    },
    SLOW_MS,
  );
});
