import type { BenchProgram } from './programs.ts';
import type { Results } from './results.ts';
import type { RowName } from './rows.ts';
import type { Setting } from './setting.ts';

/** What a measure works with. */
export interface Bench {
  programs: readonly BenchProgram[];
  setting: Setting;
  results: Results;
  short: boolean;
  /** path of what the build of the bench made */
  roles: string;
  /** the project's directory */
  root: string;
  /** Whether a row is asked for. */
  wants(row: RowName): boolean;
  /** The numbers of the rounds, of which there are so many in the full form; the short form and --runs have theirs. */
  rounds(full: number, short?: number): Iterable<number>;
}

/** Something that is measured: one row or several. */
export interface Measure {
  rows: readonly RowName[];
  /** whether it is quick enough for the short form */
  inShort: boolean;
  run(bench: Bench): Promise<void>;
}
