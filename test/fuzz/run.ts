import type { Coverage } from './coverage.ts';
import { type Material, mutate } from './mutate.ts';
import { Random } from './random.ts';
import { type Target, toBytes } from './target.ts';
import { Trials } from './trial.ts';

/** How long to go on, and with what. */
export interface RunOptions {
  /** inputs at least */
  count: number;
  /** milliseconds at most */
  durationMs: number;
  seed: number;
  /** inputs that were found earlier */
  corpus: readonly Uint8Array[];
  /** none: what reaches new code is not noticed, and the same seed means the same inputs everywhere */
  coverage?: Coverage;
}

/** What came of it, when all held. */
export interface RunResult {
  tried: number;
  durationMs: number;
  worstMs: number;
  worstBytes: number;
  /** inputs that reached code which those before them had not */
  reaching: Uint8Array[];
}

/** Looked at together for new code. With few at first, when most reach some. */
const FIRST_BATCH = 64;
const LARGEST_BATCH = 8192;

/**
 * Tries the seeds, the corpus, and then what is made of them.
 *
 * @throws Fault at the first input for which something does not hold
 */
export function fuzz<Result>(target: Target<Result>, options: RunOptions): RunResult {
  const { count, durationMs, seed, coverage } = options;
  const trials = new Trials(target);
  const random = new Random(seed);
  const start = performance.now();
  const corpus = [...target.seeds(), ...options.corpus];
  const words = target.words.map(toBytes);
  const reaching: Uint8Array[] = [];
  for (const input of corpus) trials.try(input);
  coverage?.takeNew(true);
  const material: Material = { corpus, words, maxBytes: target.maxBytes };

  let batchSize = FIRST_BATCH;
  while (trials.tried < count && performance.now() - start < durationMs) {
    const batch = Array.from({ length: Math.min(batchSize, count - trials.tried) }, () => mutate(material, random));
    for (const input of batch) trials.try(input);
    if (coverage === undefined) continue;
    const found = coverage.takeNew(false) ? pickReaching(batch, trials, coverage) : [];
    reaching.push(...found);
    corpus.push(...found);
    batchSize = found.length > 0 ? FIRST_BATCH : Math.min(2 * batchSize, LARGEST_BATCH);
  }
  const { tried, worstMs, worstBytes } = trials;
  return { tried, durationMs: performance.now() - start, worstMs, worstBytes, reaching };
}

/** Those of a batch that reach new code, by halves: to ask of each alone would take far longer. */
function pickReaching<Result>(batch: Uint8Array[], trials: Trials<Result>, coverage: Coverage): Uint8Array[] {
  for (const input of batch) trials.repeat(input);
  if (!coverage.takeNew(batch.length === 1)) return [];
  if (batch.length === 1) return batch;
  const middle = batch.length >> 1;
  return [batch.slice(0, middle), batch.slice(middle)].flatMap((half) => pickReaching(half, trials, coverage));
}
