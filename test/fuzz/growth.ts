// Whether the time for long inputs grows with their length and no faster: each is measured at four times the length of
// the one before. Sixteen times the length may take 100 times as long, since
// collecting garbage and caches that are too small cost more then; with a square it would be 256 times.

import type { Target } from './target.ts';

const FIRST_BYTES = 1024;
const STEP = 4;
const MOST_PER_STEP = 25;
const MOST_PER_TWO_STEPS = 100;
/** Less is too little to compare with. */
const LEAST_MS = 10;
const ROUNDS = 3;
const ROUNDS_IN_DOUBT = 10;
const LONGEST_ROUNDS_MS = 5000;

/** How long an input of some shape took. */
export interface Growth {
  shape: string;
  sizeBytes: number;
  tookMs: number;
  /** what is wrong, if anything */
  fault: string | undefined;
}

/**
 * Measures each of a target's long inputs.
 *
 * @param maxBytes up to which length
 * @returns for each shape the longest that was measured: with a fault it is not measured any longer
 */
export function measureGrowth<Result>(target: Target<Result>, maxBytes: number): Growth[] {
  return Object.entries(target.long).map(([shape, make]) => {
    const growth: Growth = { shape, sizeBytes: 0, tookMs: 0, fault: undefined };
    const times: Timed[] = [];
    for (let size = FIRST_BYTES; size <= maxBytes && growth.fault === undefined; size *= STEP) {
      const input = Buffer.from(make(size), 'utf8');
      try {
        const tookMs = time(target, input, ROUNDS);
        Object.assign(growth, { sizeBytes: input.length, tookMs });
        // With a cube the second step would take too long to wait for.
        growth.fault =
          compare(target, { input, tookMs }, times.at(-1), MOST_PER_STEP) ??
          compare(target, { input, tookMs }, times.at(-2), MOST_PER_TWO_STEPS);
        times.push({ input, tookMs });
      } catch (error) {
        growth.fault = `an error that is not documented: ${error}`;
      }
    }
    return growth;
  });
}

interface Timed {
  input: Buffer;
  tookMs: number;
}

/** What is wrong with the time of an input, given that of a shorter one; in doubt both are measured again. */
function compare<Result>(
  target: Target<Result>,
  { input, tookMs }: Timed,
  shorter: Timed | undefined,
  most: number,
): string | undefined {
  const isTooMuch = (ms: number, shorterMs: number) => ms > most * Math.max(LEAST_MS, shorterMs);
  if (shorter === undefined || !isTooMuch(tookMs, shorter.tookMs)) return undefined;
  const shorterMs = time(target, shorter.input, ROUNDS_IN_DOUBT);
  const againMs = time(target, input, ROUNDS_IN_DOUBT);
  if (!isTooMuch(againMs, shorterMs)) return undefined;
  return `${shorterMs.toFixed(1)} ms for ${shorter.input.length} bytes, ${againMs.toFixed(1)} ms for ${input.length}`;
}

/** The best of some rounds, fewer when one takes long; of the processor's time, since others may be using it as well. */
function time<Result>(target: Target<Result>, input: Buffer, rounds: number): number {
  let bestMs = Number.POSITIVE_INFINITY;
  let spentMs = 0;
  for (let round = 0; round < rounds && spentMs < LONGEST_ROUNDS_MS; round++) {
    const start = process.cpuUsage();
    try {
      target.parse(input);
    } catch (error) {
      if (!target.isExpected(error)) throw error;
    }
    const { user, system } = process.cpuUsage(start);
    const tookMs = (user + system) / 1000;
    bestMs = Math.min(bestMs, tookMs);
    spentMs += tookMs;
  }
  return bestMs;
}
