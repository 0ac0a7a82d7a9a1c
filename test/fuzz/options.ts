import { parseArgs } from 'node:util';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** A command line that cannot be done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a run is asked to do. */
export interface FuzzOptions {
  targets: readonly Target[];
  /** of each target: inputs, or a time */
  count: number;
  durationMs: number;
  seed: number;
  /** whether inputs that reach new code go into the corpus */
  keep: boolean;
}

const DEFAULT_MINUTES = 1;

/**
 * Reads `[TARGET…] [--minutes N | --count N] [--seed N] [--keep]`.
 *
 * @throws UsageError
 */
export function parseOptions(args: string[]): FuzzOptions {
  const { values, positionals } = readArgs(args);
  const { minutes, count, seed, keep } = values;
  if (minutes !== undefined && count !== undefined) throw new UsageError('expected --minutes or --count, got both');
  const targets = positionals.map((name) => {
    const target = TARGETS.find((one) => one.name === name);
    const names = TARGETS.map((one) => one.name).join(', ');
    if (target === undefined) throw new UsageError(`no parser is called ${name}; there are ${names}`);
    return target;
  });
  const unlimited = Number.POSITIVE_INFINITY;
  return {
    targets: targets.length > 0 ? targets : TARGETS,
    count: count === undefined ? unlimited : readNumber('count', count),
    durationMs: count === undefined ? readNumber('minutes', minutes ?? `${DEFAULT_MINUTES}`) * 60_000 : unlimited,
    seed: seed === undefined ? Date.now() % 2 ** 31 : readNumber('seed', seed),
    keep,
  };
}

function readNumber(name: string, text: string): number {
  const number = Number(text);
  const isWhole = name === 'minutes' || Number.isSafeInteger(number);
  if (!/^[0-9.]+$/.test(text) || !isWhole) throw new UsageError(`--${name}: expected a number, got ${text}`);
  return number;
}

function readArgs(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        minutes: { type: 'string' },
        count: { type: 'string' },
        seed: { type: 'string' },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
