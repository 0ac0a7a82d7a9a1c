import { parseArgs } from 'node:util';
import { isRowName, ROW_NAMES, type RowName } from './rows.ts';

/** A command line that cannot be done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a run is asked to do. */
export interface BenchOptions {
  /** path of another implementation's executable, which takes the same command line and configuration */
  peer: string | undefined;
  /** few rounds of the quick measures; writes nothing, and fails only when something has become twice as dear */
  short: boolean;
  /** only these rows; undefined: all */
  only: readonly RowName[] | undefined;
  /** rounds of each measure; undefined: what each has by default */
  runs: number | undefined;
  saveBaseline: boolean;
}

/**
 * Reads the command line.
 *
 * @throws UsageError for an option that does not exist or a value that cannot be
 */
export function parseOptions(args: string[]): BenchOptions {
  const { values } = readArgs(args);
  if (values.runs !== undefined && !/^[1-9][0-9]*$/.test(values.runs)) {
    throw new UsageError(`--runs: expected a whole number from 1 on, got ${values.runs}`);
  }
  if (values.short && values['save-baseline']) throw new UsageError('--save-baseline: a short run is no baseline');
  return {
    peer: values.peer,
    short: values.short,
    only: values.only?.split(',').map((name) => {
      if (!isRowName(name))
        throw new UsageError(`--only: no measure is called ${name}; there are ${ROW_NAMES.join(', ')}`);
      return name;
    }),
    runs: values.runs === undefined ? undefined : Number(values.runs),
    saveBaseline: values['save-baseline'],
  };
}

function readArgs(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        peer: { type: 'string' },
        short: { type: 'boolean', default: false },
        only: { type: 'string' },
        runs: { type: 'string' },
        'save-baseline': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
