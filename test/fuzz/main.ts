// Tries inputs on parsers, those that reach new code being the ones that further ones are made of. scripts/fuzz.mjs bundles
// and starts this.

import { addToCorpus, readCorpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { type Growth, measureGrowth } from './growth.ts';
import { type FuzzOptions, parseOptions, UsageError } from './options.ts';
import { fuzz, type RunResult } from './run.ts';
import type { Target } from './target.ts';
import { Fault } from './trial.ts';

/** Long inputs are measured up to the largest payload that NATS advises (https://docs.nats.io, max_payload). */
const LONGEST_BYTES = 8 * 2 ** 20;

/** @returns whether everything held */
function tryTarget(target: Target, { count, durationMs, seed, keep }: FuzzOptions): boolean {
  const coverage = new Coverage(__filename);
  try {
    const corpus = readCorpus(target.name).map(({ input }) => input);
    const result = fuzz(target, { count, durationMs, seed, corpus, coverage });
    print(formatRun(target, result, corpus.length));
    if (keep) for (const input of result.reaching) print(`  kept ${addToCorpus(target.name, input)}`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    print(`${target.name}: ${error.message}\n  the input: ${addToCorpus(target.name, error.input)}`);
    return false;
  } finally {
    coverage.close();
  }
  const growths = measureGrowth(target, LONGEST_BYTES);
  const slowest = growths.reduce((a, b) => (a.tookMs > b.tookMs ? a : b));
  print(`  long inputs: the slowest, ${formatGrowth(slowest)}`);
  const faults = growths.filter(({ fault }) => fault !== undefined);
  for (const growth of faults) print(`  ${formatGrowth(growth)}: grows too fast: ${growth.fault}`);
  return faults.length === 0;
}

function formatRun({ name }: Target, { tried, durationMs, worstMs, worstBytes, reaching }: RunResult, kept: number) {
  const pace = Math.round((tried / durationMs) * 1000).toLocaleString('en');
  const found = `${kept} in the corpus, ${reaching.length} more reached new code`;
  const inputs = `${tried.toLocaleString('en')} inputs in ${(durationMs / 1000).toFixed(0)} s (${pace}/s)`;
  return `${name}: ${inputs}; ${found}; the worst took ${worstMs.toFixed(3)} ms (${worstBytes} bytes)`;
}

function formatGrowth({ shape, sizeBytes, tookMs }: Growth): string {
  return `${shape}: ${tookMs.toFixed(1)} ms for ${(sizeBytes / 2 ** 20).toFixed(2)} MiB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  print(`seed ${options.seed}, node ${process.version}`);
  const held = options.targets.map((target) => tryTarget(target, options));
  process.exitCode = held.every(Boolean) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  print(error.message);
  process.exitCode = 2;
}
